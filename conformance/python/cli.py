# Runs command lines of Feast's own `feast` in this folder, one after another in one process, and prints what each did.
# Reads {"commands": [["entities", "list"], ...]} from standard input.
import json
import re
import sys

import yaml
from click.testing import CliRunner
from feast.cli.cli import cli

answers = []
for words in json.load(sys.stdin)["commands"]:
    result = CliRunner().invoke(cli, words)
    out = re.sub(r"\x1b\[[0-9;]*m", "", result.stdout)
    shown = yaml.safe_load(out) if result.exit_code == 0 and words[1:2] in (["describe"], ["current_project"]) else None
    answers.append({"code": result.exit_code, "out": out, "shown": shown})
print(json.dumps(answers, default=str))

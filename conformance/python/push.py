# Pushes values one by one through push sources that are registered, and reads them and others online.
# Reads {"url", "project", "pushes": [{"source", "id", "python"}], "reads": [{"view", "id"}]} from standard input; prints
# {"failures": [text or null], "values": [value]}.
import json
import sys
from datetime import datetime, timezone

import pandas as pd
from expression import value_of
from repository import open_store
from shown import shown

to = json.load(sys.stdin)
store = open_store(to, cache_seconds=600)
now = datetime(2026, 1, 1, tzinfo=timezone.utc)


def push(each):
    try:
        value = pd.Series([value_of(each["python"])], dtype="object")
        store.push(each["source"], pd.DataFrame({"id": [each["id"]], "value": value, "at": [now]}))
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]


def read(each):
    found = store.get_online_features(features=[f"{each['view']}:value"], entity_rows=[{"id": each["id"]}]).to_dict()
    return shown(found["value"][0])


print(json.dumps({"failures": [push(each) for each in to["pushes"]], "values": [read(each) for each in to["reads"]]}))

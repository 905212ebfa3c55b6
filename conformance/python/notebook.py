# What a data scientist does in a notebook, with nothing but the file that FEAST_FS_YAML_FILE_PATH names: applies the definitions of this
# folder, materializes them, and reads them from both stores. Prints what it got as one line of JSON.
import json
import os
import subprocess
import sys
from datetime import datetime, timedelta, timezone

import feast
import pandas as pd
import psycopg
import yaml
from feast import FeatureStore

path = os.environ["FEAST_FS_YAML_FILE_PATH"]
with open(path) as file:
    offline = yaml.safe_load(file)["offline_store"]

now = datetime.now(timezone.utc).replace(microsecond=0)
tls = {"sslmode": offline["sslmode"], **({"sslrootcert": offline["sslrootcert_path"]} if "sslrootcert_path" in offline else {})}
where = {"host": offline["host"], "port": offline["port"], "dbname": offline["database"], "user": offline["user"], "password": offline["password"]}
with psycopg.connect(**where, **tls) as connection:
    connection.execute("CREATE TABLE IF NOT EXISTS notebook_rides (driver_id bigint, rating real, at timestamptz)")
    connection.execute("TRUNCATE notebook_rides")
    rows = [(1001, 0.25, now - timedelta(hours=3)), (1001, 0.5, now - timedelta(hours=1)), (1002, 0.75, now - timedelta(hours=2))]
    connection.cursor().executemany("INSERT INTO notebook_rides VALUES (%s, %s, %s)", rows)
    encrypted = connection.pgconn.ssl_in_use


def cli(*words):
    program = "from feast.cli.cli import cli; cli()"
    done = subprocess.run([sys.executable, "-c", program, *words], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"feast {words[0]} failed: {done.stdout[-2000:]}{done.stderr[-4000:]}")


cli("apply")
cli("materialize", (now - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%S"), now.strftime("%Y-%m-%dT%H:%M:%S"))

store = FeatureStore(fs_yaml_file=path)
asked = pd.DataFrame({"driver_id": [1001, 1001, 1002], "event_timestamp": [now - timedelta(hours=2), now, now]})
training = store.get_historical_features(entity_df=asked, features=["rides:rating"]).to_df()
training = training.sort_values(["driver_id", "event_timestamp"])
online = store.get_online_features(features=["rides:rating"], entity_rows=[{"driver_id": 1001}, {"driver_id": 1002}, {"driver_id": 9}]).to_dict()
print(
    json.dumps(
        {
            "version": feast.__version__,
            "project": store.project,
            "encrypted": bool(encrypted),
            "historical": [round(float(value), 4) for value in training["rating"]],
            "online": online["rating"],
        }
    )
)

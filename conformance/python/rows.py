# Does with a table of generated rows what a data scientist does: applies a view over it and materializes it (step "load"), and reads its
# history and its online values (both steps). Reads {"url", "project", "step", "keys", "columns", "ttl", "window", "zone", "probes", "asked"}
# from standard input; keys and columns are {"name", "type"}, in Feast's names of types; ttl is in seconds, and times are ISO texts.
import json
import sys
from datetime import datetime, timedelta

import pandas as pd
from feast import Entity, FeatureView, Field, ValueType, types
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from repository import open_store
from shown import shown

to = json.load(sys.stdin)
store = open_store(to)
entity_types = {"Int64": ValueType.INT64, "Int32": ValueType.INT32, "String": ValueType.STRING}
refs = [f"cells:{column['name']}" for column in to["columns"]]


def feast_type(name):
    return types.Array(feast_type(name[6:-1])) if name.startswith("Array(") else getattr(types, name)


def load():
    entities = [Entity(name=key["name"], join_keys=[key["name"]], value_type=entity_types[key["type"]]) for key in to["keys"]]
    view = FeatureView(
        name="cells",
        entities=entities,
        ttl=timedelta(seconds=to["ttl"]),
        schema=[Field(name=each["name"], dtype=feast_type(each["type"])) for each in to["keys"] + to["columns"]],
        source=PostgreSQLSource(name="cells", table="cells", timestamp_field="at", created_timestamp_column="created"),
    )
    store.apply([*entities, view])
    store.refresh_registry()
    try:
        store.materialize(*(datetime.fromisoformat(each) for each in to["window"]))
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def online():
    rows = [{key["name"]: value for key, value in zip(to["keys"], asked)} for asked in to["asked"]]
    found = store.get_online_features(features=refs, entity_rows=rows).to_dict()
    return [[shown(found[column["name"]][at]) for column in to["columns"]] for at in range(len(rows))]


def cell(value):
    # A data frame says NaN for null.
    return None if isinstance(value, float) and value != value else shown(value)


def history():
    frame = pd.DataFrame({"row_no": range(len(to["probes"]))})
    for at, key in enumerate(to["keys"]):
        values = [probe["keys"][at] for probe in to["probes"]]
        frame[key["name"]] = pd.Series(values, dtype={"Int64": "int64", "Int32": "int32", "String": "object"}[key["type"]])
    times = pd.to_datetime([datetime.fromisoformat(probe["at"]) for probe in to["probes"]], utc=True)
    frame["event_timestamp"] = times.tz_convert(to["zone"])
    found = store.get_historical_features(entity_df=frame, features=refs).to_df()
    rows = zip(found["row_no"].tolist(), *(found[column["name"]].tolist() for column in to["columns"]))
    return [[int(row[0]), [cell(value) for value in row[1:]]] for row in rows]


failure = load() if to["step"] == "load" else None
print(json.dumps({"failure": failure, "online": None if failure else online(), "history": history()}))

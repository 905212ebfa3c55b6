# Does one step with a Feast store on PostgreSQL and prints what came of it.
# Reads {"url", "project", "step", ...} from standard input. Columns are {"name", "type"}: Feast's names of types.
import base64
import json
import sys
from datetime import date, datetime, timedelta, timezone

import pandas as pd
from feast import Entity, FeatureService, FeatureView, Field, PushSource, ValueType
from feast import types
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from repository import open_store

to = json.load(sys.stdin)
store = open_store(to, key_version=to.get("keys", 3))


def feast_type(name):
    return types.Array(getattr(types, name[6:-1])) if name.startswith("Array(") else getattr(types, name)


def plain(value):
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode()}
    if isinstance(value, (datetime, pd.Timestamp)):
        return None if pd.isna(value) else value.astimezone(timezone.utc).isoformat() if value.tzinfo else value.isoformat()
    if isinstance(value, (list, tuple)) or type(value).__name__ == "ndarray":
        return [plain(each) for each in value]
    if isinstance(value, float) and value != value:
        return None
    return value.item() if hasattr(value, "item") else value


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def apply():
    entity = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    source = PostgreSQLSource(name="cells", table="cells", timestamp_field="at", created_timestamp_column="created")
    push = PushSource(name="pushed", batch_source=source)
    view = FeatureView(
        name="cells",
        entities=[entity],
        ttl=timedelta(days=to["ttl_days"]),
        schema=[Field(name="driver_id", dtype=types.Int64)] + [Field(name=c["name"], dtype=feast_type(c["type"])) for c in to["columns"]],
        source=push,
    )
    store.apply([entity, source, push, view, FeatureService(name="all_cells", features=[view])])


def materialize():
    store.materialize(moment(to["start"]), moment(to["end"]))


def online():
    refs = [f"cells:{c['name']}" for c in to["columns"]]
    found = store.get_online_features(features=refs, entity_rows=[{"driver_id": each} for each in to["ids"]]).to_dict()
    return {name: [plain(value) for value in values] for name, values in found.items()}


def historical():
    frame = pd.DataFrame({"driver_id": to["ids"], "event_timestamp": [moment(each) for each in to["times"]]})
    refs = [f"cells:{c['name']}" for c in to["columns"]]
    found = store.get_historical_features(entity_df=frame, features=refs).to_df()
    found = found.sort_values(["driver_id", "event_timestamp"], kind="stable")
    return {name: [plain(value) for value in found[name].tolist()] for name in found.columns if name != "event_timestamp"}


def push():
    row = {name: [value] for name, value in to["row"].items()}
    for name in ("at", "created"):
        row[name] = [moment(row[name][0])]
    store.push("pushed", pd.DataFrame(row))


def look():
    view = store.get_feature_view("cells")
    return {
        "views": sorted(v.name for v in store.list_all_feature_views()) if hasattr(store, "list_all_feature_views") else sorted(v.name for v in store.list_feature_views()),
        "services": sorted(s.name for s in store.list_feature_services()),
        "intervals": [[plain(start), plain(end)] for start, end in view.materialization_intervals],
        "schema": {f.name: str(f.dtype) for f in view.features},
    }


print(json.dumps({"apply": apply, "materialize": materialize, "online": online, "historical": historical, "push": push, "look": look}[to["step"]]()))

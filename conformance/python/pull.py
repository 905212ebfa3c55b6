# Materializes views one by one, and reads them online and from history; what one of them cannot is told, and stops no other.
# Reads {"url", "project", "views": [name], "load": bool} from standard input; prints for each
# {"failure": text or null, "online": value, "history": value, "unread": text or null}.
import json
import sys
from datetime import datetime, timezone

import pandas as pd
from repository import open_store
from shown import shown

to = json.load(sys.stdin)
store = open_store(to, cache_seconds=600)
start, end = datetime(2026, 1, 1, tzinfo=timezone.utc), datetime(2026, 1, 3, tzinfo=timezone.utc)


def failing(act):
    try:
        act()
        return None
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]


def look(view):
    found = {"online": None, "history": None}
    refs = [f"{view}:value"]

    def online():
        found["online"] = shown(store.get_online_features(features=refs, entity_rows=[{"id": 1}]).to_dict()["value"][0])

    def history():
        frame = pd.DataFrame({"id": [1], "event_timestamp": [end]})
        found["history"] = shown(store.get_historical_features(entity_df=frame, features=refs).to_df()["value"].tolist()[0])

    failure = failing(lambda: store.materialize(start, end, feature_views=[view])) if to["load"] else None
    return {"failure": failure or failing(online), "unread": failing(history), **found}


print(json.dumps([look(view) for view in to["views"]]))

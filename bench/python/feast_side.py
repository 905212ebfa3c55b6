# Feast's side of the benchmarks: does what it is told by JSON lines, and answers with what it measured on lines that begin with @@.
import hashlib
import json
import random
import resource
import sys
import threading
import time
from datetime import datetime, timezone

import pandas as pd
from feast import FeatureStore
from feast.repo_config import RepoConfig

config = json.loads(sys.argv[1])
store = FeatureStore(config=RepoConfig(**config))


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def online(to):
    """Calls a second of get_online_features, every cell read, with so many threads for so many seconds."""
    refs, batch, keys, seconds = to["features"], to["batch"], to["keys"], to["seconds"]
    counts = [0] * to["threads"]
    stop = time.perf_counter() + seconds

    def work(at):
        rng = random.Random(at)
        while time.perf_counter() < stop:
            rows = [{"driver_id": rng.randrange(1, keys + 1)} for _ in range(batch)]
            found = store.get_online_features(features=refs, entity_rows=rows).to_dict()
            assert all(len(values) == batch for values in found.values())
            counts[at] += 1

    threads = [threading.Thread(target=work, args=(at,)) for at in range(to["threads"])]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {"rate": sum(counts) / (time.perf_counter() - began)}


def historical(to):
    """Seconds for a training set, from the entity rows in memory to all cells in memory, with a checksum."""
    frame = pd.DataFrame({"driver_id": to["ids"], "event_timestamp": [moment(each) for each in to["times"]]}) if "ids" in to else None
    entity = frame if frame is not None else to["sql"]
    began = time.perf_counter()
    found = store.get_historical_features(entity_df=entity, features=to["features"]).to_df()
    seconds = time.perf_counter() - began
    return {"seconds": seconds, "rows": len(found), "sum": float(found[to["features"][0].split(":")[1]].sum())}


def materialize(to):
    began = time.perf_counter()
    store.materialize(moment(to["start"]), moment(to["end"]), feature_views=to["views"])
    return {"seconds": time.perf_counter() - began, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}


for line in sys.stdin:
    to = json.loads(line)
    answer = {"online": online, "historical": historical, "materialize": materialize}[to["step"]](to)
    print("@@" + json.dumps(answer), flush=True)

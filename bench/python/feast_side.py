# Feast's side of the benchmarks: does what it is told by JSON lines, and answers with what it measured on lines that begin with @@.
import json
import random
import sys
import threading
import time
from datetime import datetime

import pandas
import psycopg
from feast import Entity, FeatureStore, FeatureView, Field, ValueType
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.repo_config import RepoConfig
from feast.types import Float64

config = json.loads(sys.argv[1])
store = FeatureStore(config=RepoConfig(**config))


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def peak():
    """The most memory that this process ever had, in MB. ru_maxrss would count what its parent had when it was started."""
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024


def read(refs, ids):
    """The sum of every cell of one read."""
    rows = [{"driver_id": each} for each in ids]
    found = store.get_online_features(features=refs, entity_rows=rows, full_feature_names=True).to_dict()
    return sum(sum(values) for values in found.values())


def online(to):
    """Calls a second, and the middle of their times, with so many threads for so many seconds; keys are drawn anew for each call."""
    refs, batch, keys, seconds = to["features"], to["batch"], to["keys"], to["seconds"]
    times = [[] for _ in range(to["threads"])]
    stop = time.perf_counter() + seconds

    def work(at):
        rng = random.Random(at)
        while time.perf_counter() < stop:
            began = time.perf_counter()
            read(refs, [rng.randrange(1, keys + 1) for _ in range(batch)])
            times[at].append(time.perf_counter() - began)

    threads = [threading.Thread(target=work, args=(at,)) for at in range(to["threads"])]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = sorted(each for thread in times for each in thread)
    return {"rate": len(every) / (time.perf_counter() - began), "milliseconds": every[len(every) // 2] * 1000}


def online_sum(to):
    return {"sum": float(read(to["features"], to["ids"]))}


def entity_frame(sql):
    """The rows of a query as a DataFrame, which is what Feast's documentation starts a training set from."""
    with psycopg.connect(config["registry"]["path"].replace("+psycopg", "")) as connection:
        found = connection.execute(sql)
        return pandas.DataFrame(found.fetchall(), columns=[column.name for column in found.description])


def historical(to):
    """Seconds for a training set, from a query or a DataFrame of entity rows to all cells in memory, and the sums of its features."""
    rows = entity_frame(to["sql"]) if to["frame"] else to["sql"]
    began = time.perf_counter()
    found = store.get_historical_features(entity_df=rows, features=to["features"]).to_df()
    sums = [float(found[each.split(":")[1]].sum()) for each in to["features"]]
    return {"seconds": time.perf_counter() - began, "rows": len(found), "sums": sums}


def materialize(to):
    began = time.perf_counter()
    store.materialize(moment(to["start"]), moment(to["end"]), feature_views=to["views"])
    return {"seconds": time.perf_counter() - began, "megabytes": peak()}


def views(to):
    """The same views as ours of the section `apply`."""
    key = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
    made = [key]
    for at in range(to["views"]):
        made.append(
            FeatureView(
                name=f"view_{at}",
                entities=[key],
                schema=[Field(name=f"feature_{each}", dtype=Float64) for each in range(to["fields"])],
                source=PostgreSQLSource(name=f"source_{at}", table=f"source_{at}", timestamp_field="at"),
            )
        )
    return made


def apply(to):
    made = views(to)
    began = time.perf_counter()
    store.apply(made)
    return {"seconds": time.perf_counter() - began}


steps = {"online": online, "online_sum": online_sum, "historical": historical, "materialize": materialize, "apply": apply}
for line in sys.stdin:
    to = json.loads(line)
    print("@@" + json.dumps(steps[to["step"]](to)), flush=True)

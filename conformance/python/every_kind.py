# Applies one object of every kind that the Feast beside it knows, and prints their names.
# Reads {"host", "port", "user", "password", "database", "project", "materialize", "registry"?} from standard input.
import json
import sys
from datetime import datetime, timedelta, timezone

import feast
from feast import Entity, FeatureService, FeatureStore, FeatureView, Field, FileSource, KafkaSource, PushSource, RequestSource, ValueType
from feast.aggregation import Aggregation
from feast.data_format import JsonFormat
from feast.dqm.profilers.ge_profiler import ge_profiler
from feast.feature_logging import LoggingConfig
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource, SavedDatasetPostgreSQLStorage
from feast.infra.offline_stores.file_source import FileLoggingDestination
from feast.on_demand_feature_view import on_demand_feature_view
from feast.permissions.action import AuthzedAction
from feast.permissions.permission import Permission
from feast.permissions.policy import RoleBasedPolicy
from feast.project import Project
from feast.repo_config import RepoConfig
from feast.saved_dataset import SavedDataset, ValidationReference
from feast.stream_feature_view import stream_feature_view
from feast.types import Array, Float32, Float64, Int64, String

import psycopg

to = json.load(sys.stdin)
newest = feast.__version__ != "0.49.0"
parts = {k: to[k] for k in ("host", "port", "user", "password", "database")}
url = f"postgresql+psycopg://{to['user']}:{to['password']}@{to['host']}:{to['port']}/{to['database']}?sslmode=disable"

with psycopg.connect(url.replace("+psycopg", "")) as connection:
    connection.execute(
        "CREATE TABLE IF NOT EXISTS driver_stats (driver_id bigint, conv_rate real, acc_rate double precision, tags text[],"
        " event_timestamp timestamptz, created timestamptz)"
    )

store = FeatureStore(
    config=RepoConfig(
        project=to["project"],
        provider="local",
        registry=to.get("registry", {"registry_type": "sql", "path": url, "cache_ttl_seconds": 0}),
        offline_store={"type": "postgres", **parts, "sslmode": "disable"},
        online_store={"type": "postgres", **parts, "sslmode": "disable"},
        entity_key_serialization_version=3,
    )
)
project = Project(name=to["project"], description="all of it", tags={"team": "a", "stage": "test", "b": "c"}, owner="ada@example.com")
driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64, description="who drives", tags={"z": "1", "a": "2"})
source = PostgreSQLSource(
    name="driver_stats_source",
    table="driver_stats",
    timestamp_field="event_timestamp",
    created_timestamp_column="created",
    description="hourly",
    tags={"zone": "eu", "kind": "batch"},
    owner="ada@example.com",
)
query = PostgreSQLSource(name="driver_query", query="SELECT * FROM driver_stats", timestamp_field="event_timestamp", field_mapping={"acc_rate": "accuracy"})
push = PushSource(name="driver_push", batch_source=source, tags={"p": "q"})
request = RequestSource(name="trip_request", schema=[Field(name="distance", dtype=Float64), Field(name="hour", dtype=Int64)])
file = FileSource(name="driver_file", path="/tmp/driver.parquet", timestamp_field="event_timestamp")
kafka = KafkaSource(
    name="driver_stream",
    kafka_bootstrap_servers="localhost:9092",
    topic="drivers",
    timestamp_field="event_timestamp",
    batch_source=source,
    message_format=JsonFormat(schema_json="driver_id bigint, conv_rate float"),
    watermark_delay_threshold=timedelta(minutes=5),
)
stats = FeatureView(
    name="driver_stats",
    entities=[driver],
    ttl=timedelta(days=1),
    schema=[
        Field(name="driver_id", dtype=Int64),
        Field(name="conv_rate", dtype=Float32, tags={"unit": "ratio", "c": "d"}, description="rate"),
        Field(name="acc_rate", dtype=Float64),
        Field(name="tags", dtype=Array(String)),
    ],
    source=source,
    tags={"tier": "1", "alpha": "b"},
    description="stats",
    owner="ada@example.com",
    online=True,
)
pushed = FeatureView(name="driver_pushed", entities=[driver], schema=[Field(name="conv_rate", dtype=Float32)], source=push, ttl=None)
everywhere = FeatureView(name="everywhere", entities=[], schema=[Field(name="conv_rate", dtype=Float32)], source=query, ttl=timedelta(0))


@on_demand_feature_view(
    sources=[stats[["conv_rate"]], request],
    schema=[Field(name="trip_score", dtype=Float64)],
    mode="pandas",
    description="score",
    tags={"o": "d"},
)
def trip_score(inputs):
    import pandas as pd

    frame = pd.DataFrame()
    frame["trip_score"] = inputs["conv_rate"] * inputs["distance"]
    return frame


@stream_feature_view(
    entities=[driver],
    ttl=timedelta(hours=1),
    mode="pandas",
    schema=[Field(name="driver_id", dtype=Int64), Field(name="conv_rate", dtype=Float32)],
    timestamp_field="event_timestamp",
    online=True,
    source=kafka,
    aggregations=[Aggregation(column="conv_rate", function="sum", time_window=timedelta(hours=1))],
)
def driver_streamed(frame):
    return frame


service = FeatureService(
    name="ranking",
    features=[stats[["conv_rate", "acc_rate"]].with_name("st").with_join_key_map({"driver_id": "who"}), trip_score, pushed],
    tags={"model": "m", "a": "z"},
    description="for ranking",
    owner="ada@example.com",
    logging_config=LoggingConfig(destination=FileLoggingDestination(path="/tmp/log"), sample_rate=0.5),
)
permission = Permission(
    name="readers",
    types=[FeatureView, FeatureService],
    name_patterns=["driver.*"],
    required_tags={"tier": "1", "x": "y"},
    policy=RoleBasedPolicy(roles=["reader"]),
    actions=[AuthzedAction.DESCRIBE, AuthzedAction.READ_ONLINE],
    tags={"q": "r"},
)
objects = [project, driver, source, query, push, request, file, kafka, stats, pushed, everywhere, trip_score, driver_streamed, service, permission]
if newest:
    from feast.labeling.label_view import LabelView

    objects.append(
        LabelView(
            name="driver_labels",
            entities=[driver],
            source=push,
            schema=[Field(name="driver_id", dtype=Int64), Field(name="label", dtype=String), Field(name="labeler", dtype=String)],
            labeler_field="labeler",
        )
    )
store.apply(objects)
dataset = SavedDataset(
    name="training",
    features=["driver_stats:conv_rate", "driver_stats:acc_rate"],
    join_keys=["driver_id"],
    storage=SavedDatasetPostgreSQLStorage(table_ref="training_set"),
    tags={"s": "t"},
    feature_service_name="ranking",
    **({"namespace": "ns", "collection": "c", "description": "kept"} if newest else {}),
)
dataset.min_event_timestamp = datetime(2026, 1, 1, tzinfo=timezone.utc)
dataset.max_event_timestamp = datetime(2026, 1, 2, tzinfo=timezone.utc)
store.registry.apply_saved_dataset(dataset, to["project"])


@ge_profiler
def profile(dataset):
    return dataset


reference = ValidationReference(
    name="expected", dataset_name="training", description="as in january", tags={"v": "r"}, profiler=profile
)
store.registry.apply_validation_reference(reference, to["project"])
if to["materialize"]:
    store.registry.apply_materialization(
        store.registry.get_feature_view("driver_stats", to["project"]),
        to["project"],
        datetime(2026, 1, 1, tzinfo=timezone.utc),
        datetime(2026, 1, 2, 3, 4, 5, 678900, tzinfo=timezone.utc),
    )
print(json.dumps(sorted(o.name for o in objects)))

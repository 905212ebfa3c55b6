"""Reads texts of feature_store.yaml and prints what Feast makes of each: "unavailable" when a Python package is missing for it, nothing
when it refuses it, else the sections as it understands them."""

import json
import logging
import pathlib
import sys
import tempfile
import warnings

from feast.errors import FeastModuleImportError
from feast.repo_config import load_repo_config

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)


def section(value):
    if value is None or isinstance(value, (str, dict)):
        return value
    return json.loads(value.model_dump_json())


def verdict(folder, text):
    path = folder / "feature_store.yaml"
    path.write_text(text)
    try:
        config = load_repo_config(folder, path)
        return {
            "project": config.project,
            "provider": config.provider,
            "entity_key_serialization_version": config.entity_key_serialization_version,
            "registry": section(config.registry),
            "online_store": section(config.online_store),
            "offline_store": section(config.offline_store),
            "auth": section(config.auth_config),
            "batch_engine": section(config.batch_engine),
            "feature_server": section(config.feature_server),
            "materialization": section(getattr(config, "materialization_config", None)),
            "openlineage": section(getattr(config, "openlineage", None)),
            "mlflow": section(getattr(config, "mlflow", None)),
            "embedding_model": section(getattr(config, "embedding_model", None)),
            "data_quality_monitoring": section(getattr(config, "data_quality_monitoring_config", None)),
        }
    except FeastModuleImportError:
        return "unavailable"
    except Exception:
        return None


with tempfile.TemporaryDirectory() as name:
    print(json.dumps([verdict(pathlib.Path(name), text) for text in json.load(sys.stdin)]))

# A Feast store whose three stores are one PostgreSQL, as the scripts here are told of it.
from urllib.parse import urlsplit

from feast import FeatureStore
from feast.repo_config import RepoConfig


def open_store(to, cache_seconds=0, key_version=3):
    """`to` has "url" and "project"; 0 seconds keep what was read of the registry for ever."""
    url = urlsplit(to["url"])
    parts = {"host": url.hostname, "port": url.port, "user": url.username, "password": url.password, "database": url.path[1:], "sslmode": "disable"}
    path = to["url"].replace("postgresql://", "postgresql+psycopg://")
    return FeatureStore(
        config=RepoConfig(
            project=to["project"],
            provider="local",
            registry={"registry_type": "sql", "path": path, "cache_ttl_seconds": cache_seconds},
            offline_store={"type": "postgres", **parts},
            online_store={"type": "postgres", **parts},
            entity_key_serialization_version=key_version,
        )
    )

"""A neighbour written with real ops: one program, whose metadata says which sides of the interfaces it takes.

It reads as strictly as the Python charms do, and keeps what it saw in the unit's status, where the test reads it.
"""

import json
import os
import sys

import ops

CONFIGURATION_KEYS = {
    f"{prefix}_{field}"
    for prefix in ("registry", "offline_store", "online_store")
    for field in ("user", "password", "host", "port", "database")
}
LINK_KEYS = {"text", "link", "location", "icon", "type", "desc"}


class Neighbour(ops.CharmBase):
    def __init__(self, framework: ops.Framework):
        super().__init__(framework)
        for name in self.meta.relations:
            for event in ("created", "joined", "changed", "departed", "broken"):
                framework.observe(getattr(self.on[name], f"relation_{event}"), self._on_any)
        for event in (
            self.on.install,
            self.on.leader_elected,
            self.on.config_changed,
            self.on.start,
            self.on.update_status,
            self.on.secret_changed,
            self.on.secret_remove,
        ):
            framework.observe(event, self._on_any)

    def _on_any(self, event: ops.EventBase) -> None:
        if isinstance(event, ops.SecretRemoveEvent):
            event.secret.remove_revision(event.revision)
        seen = []
        for name in sorted(self.meta.relations):
            handle = getattr(self, "_" + name.replace("-", "_"), None)
            for relation in self.model.relations[name]:
                if handle is not None:
                    seen.append(handle(relation))
        self.unit.status = ops.ActiveStatus("; ".join(text for text in seen if text))

    # feast-configuration, the provider's side: exactly fifteen keys.
    def _feast_configuration(self, relation: ops.Relation) -> str:
        if self.unit.is_leader():
            values = {key: "5432" if key.endswith("_port") else f"{key}-{self.config['password']}" for key in CONFIGURATION_KEYS}
            relation.data[self.app].update({key: value.replace("_", "-") for key, value in values.items()})
        return "configured"

    # kubeflow_dashboard_links, the provider's side: six keys, no more.
    def _links(self, relation: ops.Relation) -> str:
        links = json.loads(relation.data[relation.app].get("dashboard_links", "[]"))
        for link in links:
            if set(link) != LINK_KEYS or link["location"] not in ("menu", "external", "quick", "documentation"):
                raise ValueError("not a dashboard link")
        return " ".join(link["link"] for link in links)

    # ingress, the provider's side.
    def _ingress(self, relation: ops.Relation) -> str:
        if self.unit.is_leader():
            relation.data[self.app]["_supported_versions"] = "- v1\n- v2\n"
        text = relation.data[relation.app].get("data", "")
        return " ".join(text.split())

    # kubernetes_manifest, the requirer's side.
    def _secrets(self, relation: ops.Relation) -> str:
        if self.unit.is_leader():
            manifest = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": f"from-{self.app.name}"}, "stringData": {"a": str(self.config["password"])}}
            relation.data[self.app]["kubernetes_manifests"] = json.dumps([manifest])
        return ""


if __name__ == "__main__":
    sys.path.insert(0, os.path.dirname(__file__))
    ops.main(Neighbour)

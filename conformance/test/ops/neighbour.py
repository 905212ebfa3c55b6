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
            # Nothing else in this hook: Juju hides the whole secret from it, as one that goes.
            event.secret.remove_revision(event.revision)
            return
        seen = []
        for name in sorted(self.meta.relations):
            handle = getattr(self, "_" + name.replace("-", "_"), None)
            for relation in self.model.relations[name]:
                if handle is not None:
                    seen.append(handle(relation))
        self.unit.status = ops.ActiveStatus("; ".join(text for text in seen if text))

    # postgresql_client, the provider's side.
    def _database(self, relation: ops.Relation) -> str:
        asked = relation.data[relation.app].get("database")
        if not asked or not self.unit.is_leader():
            return ""
        label = f"user.{relation.id}"
        content = {"username": f"user_{relation.id}", "password": str(self.config["password"])}
        try:
            secret = self.model.get_secret(label=label)
            if secret.get_content(refresh=True) != content:
                secret.set_content(content)
        except ops.SecretNotFoundError:
            secret = self.app.add_secret(content, label=label)
            secret.grant(relation)
        relation.data[self.app].update(
            {
                "database": asked,
                "endpoints": f"{self.app.name}.example:5432",
                "secret-user": secret.id or secret.get_info().id,
                "version": "16.4",
            }
        )
        return f"gave {asked}"

    # kubernetes_manifest, the provider's side: plain text only, as the released library has it.
    def _manifests(self, relation: ops.Relation) -> str:
        text = relation.data[relation.app].get("kubernetes_manifests", "[]")
        names = [f"{each['kind']}/{each['metadata']['name']}" for each in json.loads(text)]
        return " ".join(names)

    # feast-configuration, the requirer's side: exactly fifteen keys or none.
    def _feast_configuration(self, relation: ops.Relation) -> str:
        if "feast-configuration" in self.meta.provides:
            if self.unit.is_leader():
                values = {key: "5432" if key.endswith("_port") else f"{key}-{self.config['password']}" for key in CONFIGURATION_KEYS}
                relation.data[self.app].update({key: value.replace("_", "-") for key, value in values.items()})
            return "configured"
        bag = dict(relation.data[relation.app])
        if not bag:
            return "no configuration"
        if set(bag) != CONFIGURATION_KEYS:
            raise ValueError(f"unexpected keys: {sorted(set(bag) ^ CONFIGURATION_KEYS)}")
        return f"configured {bag['registry_user']} {bag['registry_password']} {int(bag['registry_port'])}"

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

locals {
  channel = "latest/${var.risk}"
}

resource "juju_application" "feast_offline_store" {
  name  = "feast-offline-store"
  model = var.model
  trust = true
  units = 1

  config = {
    profile-limit-memory = "2048"
  }

  storage_directives = {
    pgdata = var.feast_offline_store_size
  }

  charm {
    name     = "postgresql-k8s"
    channel  = "14/stable"
    revision = var.feast_offline_store_revision
  }
}

resource "juju_application" "feast_online_store" {
  name  = "feast-online-store"
  model = var.model
  trust = true
  units = 1

  config = {
    profile-limit-memory = "2048"
  }

  storage_directives = {
    pgdata = var.feast_online_store_size
  }

  charm {
    name     = "postgresql-k8s"
    channel  = "14/stable"
    revision = var.feast_online_store_revision
  }
}

resource "juju_application" "feast_registry" {
  name  = "feast-registry"
  model = var.model
  trust = true
  units = 1

  config = {
    profile-limit-memory = "2048"
  }

  storage_directives = {
    pgdata = var.feast_registry_size
  }

  charm {
    name     = "postgresql-k8s"
    channel  = "14/stable"
    revision = var.feast_registry_revision
  }
}

module "feast_integrator" {
  source     = "../feast-integrator"
  model_name = var.model
  channel    = local.channel
  revision   = var.feast_integrator_revision
  config     = var.feast_integrator_config
}

module "feast_ui" {
  source     = "../feast-ui"
  model_name = var.model
  channel    = local.channel
  revision   = var.feast_ui_revision
  resources  = var.feast_ui_resources
}

module "resource_dispatcher" {
  source     = "../resource-dispatcher"
  model_name = var.model
  channel    = local.channel
  revision   = var.resource_dispatcher_revision
  config     = var.resource_dispatcher_config
  resources  = var.resource_dispatcher_resources
}

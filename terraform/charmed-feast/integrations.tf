resource "juju_integration" "offline_store" {
  model = var.model

  application {
    name     = module.feast_integrator.app_name
    endpoint = module.feast_integrator.requires.offline_store
  }

  application {
    name     = juju_application.feast_offline_store.name
    endpoint = "database"
  }
}

resource "juju_integration" "online_store" {
  model = var.model

  application {
    name     = module.feast_integrator.app_name
    endpoint = module.feast_integrator.requires.online_store
  }

  application {
    name     = juju_application.feast_online_store.name
    endpoint = "database"
  }
}

resource "juju_integration" "registry" {
  model = var.model

  application {
    name     = module.feast_integrator.app_name
    endpoint = module.feast_integrator.requires.registry
  }

  application {
    name     = juju_application.feast_registry.name
    endpoint = "database"
  }
}

resource "juju_integration" "secrets" {
  model = var.model

  application {
    name     = module.feast_integrator.app_name
    endpoint = module.feast_integrator.requires.secrets
  }

  application {
    name     = module.resource_dispatcher.app_name
    endpoint = module.resource_dispatcher.provides.secrets
  }
}

resource "juju_integration" "pod_defaults" {
  model = var.model

  application {
    name     = module.feast_integrator.app_name
    endpoint = module.feast_integrator.requires.pod_defaults
  }

  application {
    name     = module.resource_dispatcher.app_name
    endpoint = module.resource_dispatcher.provides.pod_defaults
  }
}

resource "juju_integration" "feast_configuration" {
  model = var.model

  application {
    name     = module.feast_ui.app_name
    endpoint = module.feast_ui.requires.feast_configuration
  }

  application {
    name     = module.feast_integrator.app_name
    endpoint = module.feast_integrator.provides.feast_configuration
  }
}

resource "juju_integration" "dashboard_links" {
  model = var.model

  application {
    name     = module.feast_ui.app_name
    endpoint = module.feast_ui.requires.dashboard_links
  }

  application {
    name     = var.kubeflow_dashboard_app
    endpoint = "links"
  }
}

resource "juju_integration" "ingress" {
  count = var.mesh == "sidecar" ? 1 : 0
  model = var.model

  application {
    name     = module.feast_ui.app_name
    endpoint = module.feast_ui.requires.ingress
  }

  application {
    name     = var.istio_pilot_app
    endpoint = "ingress"
  }
}

resource "juju_integration" "istio_ingress_route" {
  count = var.mesh == "ambient" ? 1 : 0
  model = var.model

  application {
    name     = module.feast_ui.app_name
    endpoint = module.feast_ui.requires.istio_ingress_route
  }

  application {
    name     = var.istio_ingress_app
    endpoint = "istio-ingress-route"
  }
}

resource "juju_integration" "feast_ui_mesh" {
  count = var.mesh == "ambient" ? 1 : 0
  model = var.model

  application {
    name     = module.feast_ui.app_name
    endpoint = module.feast_ui.requires.service_mesh
  }

  application {
    name     = var.istio_beacon_app
    endpoint = "service-mesh"
  }
}

resource "juju_integration" "resource_dispatcher_mesh" {
  count = var.mesh == "ambient" ? 1 : 0
  model = var.model

  application {
    name     = module.resource_dispatcher.app_name
    endpoint = module.resource_dispatcher.requires.service_mesh
  }

  application {
    name     = var.istio_beacon_app
    endpoint = "service-mesh"
  }
}

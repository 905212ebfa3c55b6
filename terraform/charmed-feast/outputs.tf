output "model" {
  description = "Name of the model"
  value       = var.model
}

output "feast_integrator" {
  description = "Application feast-integrator and its endpoints"
  value = {
    app_name = module.feast_integrator.app_name
    provides = module.feast_integrator.provides
    requires = module.feast_integrator.requires
  }
}

output "feast_ui" {
  description = "Application feast-ui and its endpoints"
  value = {
    app_name = module.feast_ui.app_name
    provides = module.feast_ui.provides
    requires = module.feast_ui.requires
  }
}

output "resource_dispatcher" {
  description = "Application resource-dispatcher and its endpoints"
  value = {
    app_name = module.resource_dispatcher.app_name
    provides = module.resource_dispatcher.provides
    requires = module.resource_dispatcher.requires
  }
}

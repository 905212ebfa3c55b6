output "app_name" {
  description = "Name of the application"
  value       = juju_application.resource_dispatcher.name
}

output "provides" {
  description = "Endpoints that the charm provides"
  value = {
    config_maps      = "config-maps"
    pod_defaults     = "pod-defaults"
    provide_cmr_mesh = "provide-cmr-mesh"
    role_bindings    = "role-bindings"
    roles            = "roles"
    secrets          = "secrets"
    service_accounts = "service-accounts"
  }
}

output "requires" {
  description = "Endpoints that the charm requires"
  value = {
    require_cmr_mesh = "require-cmr-mesh"
    service_mesh     = "service-mesh"
  }
}

resource "juju_application" "feast_integrator" {
  name   = var.app_name
  model  = var.model_name
  trust  = true
  units  = var.units
  config = var.config

  charm {
    name     = "feast-integrator"
    base     = var.base
    channel  = var.channel
    revision = var.revision
  }
}

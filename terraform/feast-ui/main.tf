resource "juju_application" "feast_ui" {
  name      = var.app_name
  model     = var.model_name
  trust     = true
  units     = var.units
  config    = var.config
  resources = var.resources

  charm {
    name     = "feast-ui"
    base     = var.base
    channel  = var.channel
    revision = var.revision
  }
}

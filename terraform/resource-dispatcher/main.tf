resource "juju_application" "resource_dispatcher" {
  name      = var.app_name
  model     = var.model_name
  trust     = true
  units     = var.units
  config    = var.config
  resources = var.resources

  charm {
    name     = "resource-dispatcher"
    base     = var.base
    channel  = var.channel
    revision = var.revision
  }
}

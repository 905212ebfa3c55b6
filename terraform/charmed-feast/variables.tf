variable "model" {
  description = "Name of a model that has Kubeflow in it, with metacontroller-operator and admission-webhook"
  type        = string
  default     = "kubeflow"
}

variable "risk" {
  description = "Risk of the charms of Feast"
  type        = string
  default     = "edge"

  validation {
    condition     = contains(["stable", "candidate", "beta", "edge"], var.risk)
    error_message = "risk is one of stable, candidate, beta, edge"
  }
}

variable "feast_offline_store_size" {
  description = "Size of the volume of the offline store's database"
  type        = string
  default     = "10G"
}

variable "feast_offline_store_revision" {
  description = "Revision of the charm of the offline store's database"
  type        = number
  default     = null
}

variable "feast_online_store_size" {
  description = "Size of the volume of the online store's database"
  type        = string
  default     = "10G"
}

variable "feast_online_store_revision" {
  description = "Revision of the charm of the online store's database"
  type        = number
  default     = null
}

variable "feast_registry_size" {
  description = "Size of the volume of the registry's database"
  type        = string
  default     = "10G"
}

variable "feast_registry_revision" {
  description = "Revision of the charm of the registry's database"
  type        = number
  default     = null
}

variable "feast_integrator_revision" {
  description = "Revision of feast-integrator"
  type        = number
  default     = null
}

variable "feast_integrator_config" {
  description = "Options of feast-integrator"
  type        = map(string)
  default = {
    entity-key-serialization-version = "3"
  }
}

variable "feast_ui_revision" {
  description = "Revision of feast-ui"
  type        = number
  default     = null
}

variable "feast_ui_resources" {
  description = "Image of feast-ui: oci-image, by reference"
  type        = map(string)
  default     = {}
}

variable "resource_dispatcher_revision" {
  description = "Revision of resource-dispatcher"
  type        = number
  default     = null
}

variable "resource_dispatcher_config" {
  description = "Options of resource-dispatcher"
  type        = map(string)
  default     = {}
}

variable "resource_dispatcher_resources" {
  description = "Image of resource-dispatcher: oci-image, by reference"
  type        = map(string)
  default     = {}
}

variable "mesh" {
  description = "How Istio is deployed: sidecar (istio-pilot) or ambient (istio-ingress-k8s, istio-beacon-k8s)"
  type        = string
  default     = "sidecar"

  validation {
    condition     = contains(["sidecar", "ambient"], var.mesh)
    error_message = "mesh is sidecar or ambient"
  }
}

variable "kubeflow_dashboard_app" {
  description = "Name of the application of Kubeflow's dashboard"
  type        = string
  default     = "kubeflow-dashboard"
}

variable "istio_pilot_app" {
  description = "Name of the application of Istio in sidecar mode"
  type        = string
  default     = "istio-pilot"
}

variable "istio_ingress_app" {
  description = "Name of the application of Istio's ingress in ambient mode"
  type        = string
  default     = "istio-ingress-k8s"
}

variable "istio_beacon_app" {
  description = "Name of the application of Istio's beacon in ambient mode"
  type        = string
  default     = "istio-beacon-k8s"
}

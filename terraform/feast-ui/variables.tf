variable "app_name" {
  description = "Name of the application in the model"
  type        = string
  default     = "feast-ui"
}

variable "channel" {
  description = "Channel of the charm"
  type        = string
  default     = "latest/edge"
}

variable "config" {
  description = "Options of the charm"
  type        = map(string)
  default     = {}
}

variable "model_name" {
  description = "Name of the model"
  type        = string
}

variable "revision" {
  description = "Revision of the charm; the newest of the channel when it is null"
  type        = number
  default     = null
}

variable "base" {
  description = "Base of the charm"
  type        = string
  default     = "ubuntu@24.04"
}

variable "resources" {
  description = "Image of the workload: oci-image, by reference"
  type        = map(string)
  default     = {}
}

variable "units" {
  description = "Number of units"
  type        = number
  default     = 1
}

//go:build tools

// Package tools pins the modules whose CustomResourceDefinitions test:real gives to the API server; nothing of them is compiled into ours.
package tools

import (
	_ "istio.io/api/networking/v1alpha3"
	_ "sigs.k8s.io/gateway-api/apis/v1"
)

//go:build tools

// Package tools pins the programs that test:real builds; nothing of them is compiled into ours.
package tools

import (
	_ "k8s.io/kubernetes/cmd/kube-apiserver"
	_ "k8s.io/kubernetes/cmd/kube-controller-manager"
)

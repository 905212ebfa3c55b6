//go:build tools

// Package tools pins the program that test:real builds; nothing of it is compiled into ours.
package tools

import _ "go.etcd.io/etcd/server/v3"

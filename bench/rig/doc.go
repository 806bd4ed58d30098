// Package rig is what the measurements share: a server in a process of its own, a store
// full of devices, requests signed beforehand, and a load generator that costs little
// beside what it measures. Everything stays on this machine.
package rig

import "github.com/symbolon-id/symbolon"

// The app that every measurement asks about, and its backend's bearer.
const (
	App    symbolon.AppID = "bench"
	Bearer                = symbolon.CredentialPrefix + "of-the-benchmark-which-only-this-machine-can-reach"
	secret                = "the secret of a server that is only measured"
)

// What the app's backend passes on of its user's browser.
const (
	userAgent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/121.0.0.0 Safari/537.36"
	ipAddress = "203.0.113.7"
)

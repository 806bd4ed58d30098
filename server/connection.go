package server

import (
	"context"

	"github.com/symbolon-id/symbolon"
)

// hintNames are the client hints that say what a device is.
var hintNames = []string{
	"Sec-CH-UA", "Sec-CH-UA-Full-Version-List", "Sec-CH-UA-Mobile",
	"Sec-CH-UA-Platform", "Sec-CH-UA-Platform-Version", "Sec-CH-UA-Model",
}

// connection is what the request's own connection says of the client. For a device that
// speaks for itself it is this, never what a body says, that counts.
func connection(ctx context.Context) symbolon.ClientContext {
	x := exchangeOf(ctx)
	h := x.request.Header
	c := symbolon.ClientContext{
		IPAddress: x.address, UserAgent: h.Get("User-Agent"), AcceptLanguage: h.Get("Accept-Language"),
		ClientHints: map[string]string{},
	}
	for _, name := range hintNames {
		if value := h.Get(name); value != "" {
			c.ClientHints[name] = value
		}
	}
	return c
}

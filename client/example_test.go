package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// standIn answers as a service would that trusts the device.
func standIn() *httptest.Server {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/apps/acme/decisions", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"recommendation":"TRUST","secondFactor":"skip","known":true,"trusted":true,"device":{"deviceName":"Chrome on macOS"}}`)
	})
	mux.HandleFunc("GET /v1/apps/acme/devices", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, `{"items":[{"deviceName":"Chrome on macOS"},{"deviceName":"Pixel 9"}]}`)
	})
	mux.HandleFunc("POST /v1/apps/acme/devices/{device}/block", func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"code":"device_unknown","detail":"there is no such device"}`)
	})
	return httptest.NewServer(mux)
}

// At sign-in, after the password: may the second factor be skipped?
func ExampleClient_Decide() {
	service := standIn()
	defer service.Close()
	c, err := client.New(client.Config{BaseURL: service.URL, App: "acme", Key: "sk_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := c.Decide(context.Background(), symbolon.DecisionRequest{
		UserID: "alice", Proof: "the proof that the browser sent",
		Context: symbolon.ClientContext{IPAddress: "203.0.113.7", UserAgent: "Mozilla/5.0 …"},
	})
	switch {
	case err != nil:
		fmt.Println("nothing was decided: ask for the code")
	case d.Recommendation == symbolon.RecommendDeny:
		fmt.Println("refuse")
	case d.SecondFactor == symbolon.FactorSkip:
		fmt.Println("signed in on", d.Device.Name)
	default:
		fmt.Println("ask for the code")
	}
	// Output: signed in on Chrome on macOS
}

// A support tool lists a user's devices, page after page.
func ExampleClient_Devices() {
	service := standIn()
	defer service.Close()
	c, err := client.New(client.Config{BaseURL: service.URL, App: "acme", Key: "sk_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	for d, err := range c.Devices(context.Background(), client.DeviceFilter{User: "alice"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(d.Name)
	}
	// Output:
	// Chrome on macOS
	// Pixel 9
}

// Errors carry the service's code. A write with a key may be repeated.
func ExampleWithIdempotencyKey() {
	service := standIn()
	defer service.Close()
	c, err := client.New(client.Config{BaseURL: service.URL, App: "acme", Key: "sk_…"})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := client.WithIdempotencyKey(context.Background(), "ticket-4711")
	_, err = c.BlockDevice(ctx, "no such device", symbolon.BlockRequest{Reason: "reported stolen"})
	fmt.Println(errors.Is(err, symbolon.ErrDeviceUnknown), err)
	// Output: true client: device_unknown: there is no such device
}

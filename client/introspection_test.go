package client_test

import (
	"errors"
	"io"
	"testing"
	"testing/synctest"

	"github.com/symbolon-id/symbolon"
)

// The token is in the body, never in the URL, which logs keep.
func TestIntrospection(t *testing.T) {
	c, s := playing(t, answer(200, `{"active":true,"token_type":"DPoP","sub":"alice","device_id":"d","cnf":{"jkt":"k"},"trusted":true,"risk":7,"exp":1800000000}`))
	got, err := c.Introspect(t.Context(), "the.device.token")
	if err != nil {
		t.Fatal(err)
	}
	if !got.Active || got.TokenType != "DPoP" || got.Subject != "alice" || got.DeviceID != "d" || got.Confirmation["jkt"] != "k" ||
		!got.Trusted || got.Risk == nil || *got.Risk != 7 || got.Expires != 1_800_000_000 {
		t.Errorf("it hears %+v", got)
	}
	body, err := io.ReadAll(s.asked[0].Body)
	if err != nil || string(body) != `{"token":"the.device.token"}` || s.asked[0].URL.RequestURI() != "/base/v1/apps/bank/introspect" {
		t.Errorf("it asked %s with %s, %v", s.asked[0].URL, body, err)
	}
}

// Asking twice does no harm, so a fault is asked again; one that lasts is an error, and never
// an answer about the token.
func TestIntrospectionInAFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _ := playing(t, append(scene(away, broken), answer(200, `{"active":false}`))...)
		if got, err := c.Introspect(t.Context(), "x"); err != nil || got.Active {
			t.Errorf("after a pause it hears %+v, %v", got, err)
		}
		c, _ = playing(t, scene(away, away, away, away)...)
		if got, err := c.Introspect(t.Context(), "x"); !errors.Is(err, symbolon.ErrUnavailable) || got.Active {
			t.Errorf("in a lasting fault it hears %+v, %v", got, err)
		}
	})
}

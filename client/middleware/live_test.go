package middleware_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/client/middleware"
)

// What the service may answer when it is asked, also what it never should.
func TestWhatIsMadeOfALiveAnswer(t *testing.T) {
	i := newIssuer(t)
	for _, row := range []struct {
		what, answer string
		status       int
		challenge    string
	}{
		{"as the token says", `{"active":true,"sub":"alice","device_id":"phone","trusted":true}`, http.StatusOK, ""},
		{"not active", `{"active":false}`, http.StatusUnauthorized, "invalid_token"},
		{"no longer trusted", `{"active":true,"sub":"alice","device_id":"phone"}`, http.StatusUnauthorized, "insufficient_user_authentication"},
		{"of another user", `{"active":true,"sub":"mallory","device_id":"phone","trusted":true}`, http.StatusServiceUnavailable, ""},
		{"of another device", `{"active":true,"sub":"alice","device_id":"laptop","trusted":true}`, http.StatusServiceUnavailable, ""},
		{"nothing", `{}`, http.StatusUnauthorized, "invalid_token"},
		{"no JSON", `<html>`, http.StatusServiceUnavailable, ""},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Method+" "+r.URL.Path != "POST /v1/apps/bank/introspect" || r.Header.Get("Authorization") != "Bearer sk_bank" {
				t.Errorf("asked by %s %s", r.Method, r.URL)
			}
			fmt.Fprint(w, row.answer)
		}))
		asks, err := client.New(client.Config{BaseURL: server.URL, App: bank, Key: "sk_bank"})
		if err != nil {
			t.Fatal(err)
		}
		a := serve(t, middleware.Config{Issuer: i.URL, App: bank, Now: clockAt(noon).now, Live: asks}, middleware.Requirement{Trusted: true})
		a.want(row.what, a.with(i.token(t, nil)), row.status, row.challenge)
		server.Close()
	}
}

package main

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client/middleware"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// Alice looks at her account from a phone that the bank knows, and pays once it is trusted.
func TestAliceAndHerPhone(t *testing.T) {
	service := symbolontest.Start(t)
	app := service.NewApp(t)
	bank := start(t, settings{symbolon: service.URL, app: string(app.ID), key: app.Key})
	alice := bank.signIn(t)

	phone := symbolontest.NewDevice(t, app, proof.ES256)
	if _, err := phone.Register(t.Context(), app.Ticket(t, "alice")); err != nil {
		t.Fatal(err)
	}
	token := deviceToken(t, phone)

	expect(t, bank.get(t, alice, "/balance", ""), http.StatusUnauthorized, "urn:symbolon:known")
	expect(t, bank.get(t, alice, "/balance", token), http.StatusOK, `"cents":10000`)
	expect(t, bank.get(t, new(http.Client), "/balance", token), http.StatusUnauthorized, "nobody is signed in")
	expect(t, bank.pay(t, alice, phone, token), http.StatusUnauthorized, "urn:symbolon:trusted")

	if _, err := phone.Trust(t.Context()); err != nil {
		t.Fatal(err)
	}
	token = deviceToken(t, phone)
	expect(t, bank.pay(t, alice, phone, token), http.StatusOK, `"cents":9000`)

	thief := symbolontest.NewDevice(t, app, proof.ES256)
	expect(t, bank.pay(t, alice, thief, token), http.StatusUnauthorized, "bound to another key")

	if _, err := app.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "reported stolen"}); err != nil {
		t.Fatal(err)
	}
	expect(t, bank.pay(t, alice, phone, token), http.StatusUnauthorized, "invalid_token")
	expect(t, bank.get(t, alice, "/balance", token), http.StatusOK, `"cents":9000`) // until the token ends
}

// server is where the program runs.
type server string

// start runs the program until the test ends.
func start(t *testing.T, s settings) server {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.publicURL = "http://" + listener.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, s, listener) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return server(s.publicURL)
}

// signIn gives a client with Alice's session.
func (s server) signIn(t *testing.T) *http.Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	alice := &http.Client{Jar: jar}
	resp, err := alice.PostForm(string(s)+"/sign-in", url.Values{"name": {"alice"}, "password": {"correct horse"}})
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("signing in: %s", resp.Status)
	}
	return alice
}

func (s server) get(t *testing.T, c *http.Client, path, token string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, string(s)+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set(middleware.DefaultHeader, token)
	resp, err := c.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

// pay sends a transfer that the device proves.
func (s server) pay(t *testing.T, c *http.Client, device *symbolontest.Device, token string) answer {
	t.Helper()
	order, err := json.Marshal(map[string]any{"to": "ben", "cents": 10_00})
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, string(s)+"/transfers", strings.NewReader(string(order)))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := device.Do(c, req, token)
	if err != nil {
		t.Fatal(err)
	}
	return read(t, resp)
}

func deviceToken(t *testing.T, device *symbolontest.Device) string {
	t.Helper()
	token, err := device.DeviceToken(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// answer is what came back.
type answer struct {
	status int
	said   string // its challenge and its body
}

func read(t *testing.T, resp *http.Response) answer {
	t.Helper()
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header.Get("WWW-Authenticate") + " " + string(body)}
}

// expect holds an answer against its status, and something that it says.
func expect(t *testing.T, got answer, status int, says string) {
	t.Helper()
	if got.status != status || !strings.Contains(got.said, says) {
		t.Errorf("%d %s; want %d that says %s", got.status, got.said, status, says)
	}
}

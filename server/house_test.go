package server_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
	"github.com/symbolon-id/symbolon/server"
	"github.com/symbolon-id/symbolon/sqlstore"
)

const (
	adminKey = "sk_admin_key_of_the_tests_only"
	origin   = "https://bank.example"
)

// house is a whole service over a database of its own, with one app in it.
type house struct {
	url     string
	store   *sqlstore.Store
	app     symbolon.App
	key     string         // of the app's backend
	admin   *client.Client // about the app
	backend *client.Client
	log     *logBook
	metrics *server.Metrics
}

// openHouse takes the server's configuration, of which it fills in the rest.
func openHouse(t testing.TB, configure ...func(*server.Config)) *house {
	t.Helper()
	h := &house{log: &logBook{}, metrics: server.NewMetrics()}
	var err error
	h.store, err = sqlstore.Open(t.Context(), sqlstore.Config{Path: filepath.Join(t.TempDir(), "symbolon.db"), Observer: h.metrics})
	must(t, err)
	t.Cleanup(func() { must(t, h.store.Close()) })
	log := h.log.logger()
	r, err := registry.New(registry.Config{
		Store: h.store, Secrets: [][]byte{bytes.Repeat([]byte{7}, 32)}, PublicURL: "https://symbolon.example",
		AdminKey: adminKey, Log: log, Metrics: h.metrics,
	})
	must(t, err)
	h.keepRunning(t, r)
	cfg := server.Config{Registry: r, PublicURL: "https://symbolon.example", Log: log, Metrics: h.metrics, Version: "test"}
	for _, f := range configure {
		f(&cfg)
	}
	s := httptest.NewServer(server.New(cfg))
	t.Cleanup(s.Close)
	h.url = s.URL
	h.furnish(t)
	return h
}

func (h *house) keepRunning(t testing.TB, r *registry.Registry) {
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("the registry's work ended with %v", err)
		}
	})
}

// furnish makes the app.
func (h *house) furnish(t testing.TB) {
	h.admin = h.client(t, adminKey)
	made, err := h.admin.CreateApp(t.Context(), symbolon.NewApp{ID: "bank", Name: "Bank", Origins: []string{origin}})
	must(t, err)
	h.app, h.key = made.App, made.Credential.Key
	h.admin = h.admin.For(h.app.ID)
	h.backend = h.admin.As(h.key)
}

func (h *house) client(t testing.TB, key string) *client.Client {
	c, err := client.New(client.Config{BaseURL: h.url, App: h.app.ID, Key: key, Retries: -1})
	must(t, err)
	return c
}

func (h *house) ticket(t testing.TB, user symbolon.UserID, factor string) string {
	t.Helper()
	out, err := h.backend.IssueTicket(t.Context(), symbolon.TicketRequest{UserID: user, Factor: factor})
	must(t, err)
	return out.Ticket
}

// answered is an answer as it came over the wire.
type answered struct {
	status int
	header http.Header
	body   string
}

// ask sends a request as it is written, past the client's care: method, path, body, then
// pairs of header names and values.
func (h *house) ask(t testing.TB, method, path, body string, header ...string) answered {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.url+path, strings.NewReader(body))
	must(t, err)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return do(t, req)
}

func do(t testing.TB, req *http.Request) answered {
	t.Helper()
	c := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := c.Do(req)
	must(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	must(t, err)
	return answered{resp.StatusCode, resp.Header, string(text)}
}

// publicJWK is a key that nobody has the other half of.
func publicJWK(t testing.TB) json.RawMessage {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	public, err := proof.NewPublicKey(key.Public(), proof.ES256)
	must(t, err)
	return public.JWK()
}

func (h *house) asBackend() []string { return []string{"Authorization", "Bearer " + h.key} }

func asAdmin(more ...string) []string {
	return append([]string{"Authorization", "Bearer " + adminKey}, more...)
}

// phone is a device: a key that stays in it.
type phone struct {
	h    *house
	key  crypto.Signer
	kid  string
	user symbolon.UserID
}

func (h *house) newPhone(t testing.TB, user symbolon.UserID) *phone {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	public, err := proof.NewPublicKey(key.Public(), proof.ES256)
	must(t, err)
	return &phone{h: h, key: key, kid: public.Thumbprint(), user: user}
}

// sign makes a proof over a fresh challenge, with what the caller changes in it.
func (p *phone) sign(t testing.TB, purpose proof.Purpose, change ...func(*proof.Statement)) string {
	t.Helper()
	challenge, err := p.h.backend.As("").CreateChallenge(t.Context(), string(purpose))
	must(t, err)
	s := proof.Statement{
		KeyID: p.kid, Audience: string(p.h.app.ID), Challenge: challenge.Challenge, Purpose: purpose, Subject: string(p.user),
	}
	for _, f := range change {
		f(&s)
	}
	text, err := proof.Sign(p.key, s)
	must(t, err)
	return text
}

// prove is a proof for a decision.
func (p *phone) prove(t testing.TB) string { return p.sign(t, proof.PurposeProve) }

// enrolment is a proof that carries the key.
func (p *phone) enrolment(t testing.TB) string {
	public, err := proof.NewPublicKey(p.key.Public(), proof.ES256)
	must(t, err)
	return p.sign(t, proof.PurposeRegister, func(s *proof.Statement) { s.KeyID, s.JWK = "", public })
}

// register registers the phone with a ticket of its user.
func (p *phone) register(t testing.TB) symbolon.Device {
	t.Helper()
	d, created, err := p.h.backend.As(p.h.ticket(t, p.user, "otp")).RegisterDevice(t.Context(), symbolon.Registration{
		Proof: p.enrolment(t), Platform: symbolon.PlatformAndroid, DeviceType: symbolon.TypeMobile, DeviceName: "Phone",
	})
	must(t, err)
	if !created {
		t.Fatal("registering a new key did not make a device")
	}
	return d
}

// decide is what the backend hears of the phone.
func (p *phone) decide(t testing.TB) symbolon.Decision {
	t.Helper()
	d, err := p.h.backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: p.user, Proof: p.prove(t)})
	must(t, err)
	return d
}

// logBook keeps all that is logged.
type logBook struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed at the next line, where someone waits for it
}

func (l *logBook) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.more != nil {
		close(l.more)
		l.more = nil
	}
	return l.text.Write(b)
}

// await waits until the text is in the log.
func (l *logBook) await(t testing.TB, text string) {
	t.Helper()
	for {
		l.mu.Lock()
		found := strings.Contains(l.text.String(), text)
		if l.more == nil {
			l.more = make(chan struct{})
		}
		more := l.more
		l.mu.Unlock()
		if found {
			return
		}
		select {
		case <-more:
		case <-time.After(20 * time.Second):
			t.Fatalf("the log never says %s:\n%s", text, l)
		}
	}
}

func (l *logBook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func wantCode(t testing.TB, err error, code symbolon.Code) {
	t.Helper()
	if !errors.Is(err, code) {
		t.Errorf("got error %v, want %s", err, code)
	}
}

func (l *logBook) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

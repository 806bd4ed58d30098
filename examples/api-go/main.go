// Command api-go is a bank's API that knows the device behind each request, in one file. It
// takes the middleware of the Go client, as any API would. docs/go.md walks through it.
//
//	GET  /balance    a known device of the customer, by its token
//	POST /transfers  a trusted one, which proves each request with its key (DPoP, RFC 9449)
//
// What is the bank's own, the sign-in and the ledger, is as short as can be: one customer,
// everything in memory.
package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/client/middleware"
)

// settings come from the environment.
type settings struct {
	symbolon  string // SYMBOLON_URL: the service's public URL
	app       string // SYMBOLON_APP
	key       string // SYMBOLON_KEY: a credential with the scope decisions
	publicURL string // PUBLIC_URL: where customers reach this API
	listen    string // LISTEN, such as 127.0.0.1:8090
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s := settings{
		symbolon: os.Getenv("SYMBOLON_URL"), app: os.Getenv("SYMBOLON_APP"), key: os.Getenv("SYMBOLON_KEY"),
		publicURL: os.Getenv("PUBLIC_URL"), listen: os.Getenv("LISTEN"),
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", s.listen)
	if err == nil {
		err = run(ctx, s, listener)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// maxBody is the most that a request may send, in bytes.
const maxBody = 64 << 10

// run serves until the context ends.
func run(ctx context.Context, s settings, listener net.Listener) error {
	api, err := newAPI(s)
	if err != nil {
		return err
	}
	server := &http.Server{
		Handler: api,
		// Nobody holds a connection by being slow.
		ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 20 * time.Second,
		WriteTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
	}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

func newAPI(s settings) (http.Handler, error) {
	b := &bank{
		secure:   strings.HasPrefix(s.publicURL, "https:"),
		sessions: map[string]symbolon.UserID{},
		cents:    map[symbolon.UserID]int{"alice": 100_00},
	}

	// Reading relies on the token, which is good for five minutes.
	devices := middleware.Config{Issuer: s.symbolon, App: symbolon.AppID(s.app), User: b.signedIn}
	reads, err := middleware.New(devices)
	if err != nil {
		return nil, err
	}
	// Money asks the service as well, so that a block counts at once.
	if devices.Live, err = client.New(client.Config{BaseURL: s.symbolon, App: devices.App, Key: s.key}); err != nil {
		return nil, err
	}
	devices.DPoP, devices.PublicURL = middleware.DPoPRequired, s.publicURL
	pays, err := middleware.New(devices)
	if err != nil {
		return nil, err
	}

	known := reads.Require(middleware.Requirement{})
	trusted := pays.Require(middleware.Requirement{Trusted: true, MaxRisk: new(30)})

	mux := http.NewServeMux()
	mux.HandleFunc("POST /sign-in", b.signIn)
	mux.Handle("GET /balance", known(http.HandlerFunc(b.balance)))
	mux.Handle("POST /transfers", trusted(http.HandlerFunc(b.transfer)))
	return http.MaxBytesHandler(http.NewCrossOriginProtection().Handler(mux), maxBody), nil
}

// bank is the ledger, and who is signed in.
type bank struct {
	secure bool // cookies travel over https only

	mu       sync.Mutex
	sessions map[string]symbolon.UserID
	cents    map[symbolon.UserID]int
}

// signedIn is what the middleware asks: whose request is it?
func (b *bank) signedIn(r *http.Request) (symbolon.UserID, bool) {
	cookie, err := r.Cookie("session")
	if err != nil {
		return "", false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	user, ok := b.sessions[cookie.Value]
	return user, ok
}

func (b *bank) signIn(w http.ResponseWriter, r *http.Request) {
	if r.PostFormValue("name") != "alice" || r.PostFormValue("password") != "correct horse" {
		http.Error(w, "wrong name or password", http.StatusUnauthorized)
		return
	}
	id := rand.Text()
	b.mu.Lock()
	b.sessions[id] = "alice"
	b.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: "session", Value: id, Path: "/", HttpOnly: true, Secure: b.secure, SameSite: http.SameSiteLaxMode})
}

func (b *bank) balance(w http.ResponseWriter, r *http.Request) {
	device, _ := middleware.Device(r.Context())
	b.mu.Lock()
	cents := b.cents[device.UserID]
	b.mu.Unlock()
	reply(w, map[string]any{"cents": cents, "device": device.DeviceID})
}

func (b *bank) transfer(w http.ResponseWriter, r *http.Request) {
	device, _ := middleware.Device(r.Context())
	var order struct {
		To    symbolon.UserID `json:"to"`
		Cents int             `json:"cents"`
	}
	if json.NewDecoder(r.Body).Decode(&order) != nil {
		http.Error(w, "to and cents are needed", http.StatusBadRequest)
		return
	}
	left, ok := b.move(device.UserID, order.To, order.Cents)
	if !ok {
		http.Error(w, "there must be some cents, and no more than there are", http.StatusBadRequest)
		return
	}
	reply(w, map[string]any{"cents": left})
}

// move books a transfer, and tells what is left. Nothing in here waits for a client.
func (b *bank) move(from, to symbolon.UserID, cents int) (left int, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if cents <= 0 || cents > b.cents[from] {
		return 0, false
	}
	b.cents[from] -= cents
	b.cents[to] += cents
	return b.cents[from], true
}

func reply(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	json.NewEncoder(w).Encode(answer) //nolint:errcheck // a client that left has no use for it
}

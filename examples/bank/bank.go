// Package bank is the example app: a small bank that asks Symbolon whether the browser in
// front of it is the customer's own. It takes the Go client and the root's words, as any
// app would, and nothing from inside the service.
//
// What it shows, in the order in which to read it: signin.go (password, device, code,
// trust), guard.go (each later request proves its device anew), transfer.go (the customer
// signs what the page shows), devices.go and staff.go. pretend.go makes requests odd, to see
// what Symbolon says of them. The rest is what any bank has.
//
// It is a demo: customers, money and sessions live in memory, the second factor's secret
// is shown on a pretend phone, and the support desk is open to everyone.
package bank

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// Policy is the policy that the bank's app needs: a sign-in skips the code on a trusted
// device, everything after it on a known one. A device comes in by a code, so that its being
// new counts for nothing; and however odd a request is, a code settles it: the bank refuses
// nobody for a score alone.
var Policy = json.RawMessage(`{"actions":{"login":{"require":"trusted"},"view":{"require":"known"},` +
	`"devices":{"require":"known"},"transfer":{"require":"known"}},"risk":{"points":{"new_device":0},"denyAt":101}}`)

// Config is what a bank needs to run.
type Config struct {
	Symbolon    *client.Client // with a credential of the bank's app that holds every scope
	App         symbolon.AppID // the bank's app
	ServiceURL  string         // where browsers reach Symbolon
	Origin      string         // where browsers reach the bank, such as http://localhost:8081
	OtherOrigin string         // the same bank on a second origin: to a browser, another profile. "" for none
	Places      []Place        // where the page may pretend to be, home first. None: addresses count as they come
	Pages       fs.FS          // index.html, staff.html and what they load
	Log         *slog.Logger   // nil: discards
	Now         func() time.Time
}

// Bank serves the bank's pages and the JSON calls behind them. It implements
// [http.Handler] and is served on each of its origins.
type Bank struct {
	cfg       Config
	policy    symbolon.Policy
	customers map[symbolon.UserID]*customer
	ledger    *ledger
	sessions  *sessions
	attempts  *attempts
	handler   http.Handler
}

// New opens a bank with its demo customers. The error names the setting at fault.
func New(cfg Config) (*Bank, error) {
	if cfg.Symbolon == nil || cfg.Pages == nil || cfg.App == "" {
		return nil, errors.New("bank: Symbolon, Pages and App must be set")
	}
	for name, origin := range map[string]string{"ServiceURL": cfg.ServiceURL, "Origin": cfg.Origin, "OtherOrigin": cfg.OtherOrigin} {
		if !isOrigin(origin) && (origin != "" || name != "OtherOrigin") {
			return nil, fmt.Errorf("bank: %s must be an http or https origin such as http://localhost:8081; got %q", name, origin)
		}
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	policy, err := symbolon.ParsePolicy(Policy)
	if err != nil {
		return nil, err
	}
	b := &Bank{
		cfg: cfg, policy: policy, customers: demoCustomers(), ledger: newLedger(),
		sessions: newSessions(strings.HasPrefix(cfg.Origin, "https://")), attempts: newAttempts(),
	}
	b.handler = b.routes()
	return b, nil
}

// ServeHTTP implements [http.Handler].
func (b *Bank) ServeHTTP(w http.ResponseWriter, r *http.Request) { b.handler.ServeHTTP(w, r) }

func (b *Bank) routes() http.Handler {
	mux := http.NewServeMux()

	mux.Handle("GET /", b.pages())
	mux.Handle("GET /api/settings", read(b, b.settings))
	mux.Handle("GET /api/session", read(b, b.showSession))
	mux.Handle("GET /api/phone", read(b, b.showPhone))

	mux.Handle("POST /api/sign-in/password", handle(b, b.signInWithPassword))
	mux.Handle("POST /api/sign-in/device", handle(b, b.signInWithDevice))
	mux.Handle("POST /api/sign-in/code", handle(b, b.signInWithCode))
	mux.Handle("POST /api/sign-out", handle(b, b.signOut))

	mux.Handle("POST /api/accounts", handle(b, b.showAccounts))
	mux.Handle("POST /api/transfers", handle(b, b.transfer))
	mux.Handle("POST /api/devices", handle(b, b.listDevices))
	mux.Handle("POST /api/devices/{device}/distrust", handle(b, b.distrustDevice))
	mux.Handle("POST /api/devices/{device}/remove", handle(b, b.removeDevice))

	mux.Handle("GET /api/staff/devices", read(b, b.staffSearch))
	mux.Handle("POST /api/staff/devices/{device}/block", handle(b, b.staffBlock))
	mux.Handle("POST /api/staff/devices/{device}/unblock", handle(b, b.staffUnblock))
	mux.Handle("POST /api/staff/devices/{device}/distrust", handle(b, b.staffDistrust))

	return b.secured(b.atHome(http.NewCrossOriginProtection().Handler(mux)))
}

// settings are what the pages need to find Symbolon and each other, and to say what a score
// leads to.
type settings struct {
	Symbolon    string         `json:"symbolon"`
	App         symbolon.AppID `json:"app"`
	Origin      string         `json:"origin"`
	OtherOrigin string         `json:"otherOrigin,omitempty"`
	Places      []string       `json:"places"` // home first
	ChallengeAt int            `json:"challengeAt"`
	DistrustAt  int            `json:"distrustAt"`
}

func (b *Bank) settings(*call) (any, error) {
	s := settings{
		Symbolon: b.cfg.ServiceURL, App: b.cfg.App, Origin: b.cfg.Origin, OtherOrigin: b.cfg.OtherOrigin, Places: []string{},
		ChallengeAt: b.policy.Risk.ChallengeAt, DistrustAt: b.policy.Risk.DistrustAt,
	}
	for _, p := range b.cfg.Places {
		s.Places = append(s.Places, p.Name)
	}
	return s, nil
}

func isOrigin(s string) bool {
	_, host, found := strings.Cut(s, "://")
	return found && host != "" && !strings.ContainsAny(host, "/?# ;,") &&
		(strings.HasPrefix(s, "http://") || strings.HasPrefix(s, "https://"))
}

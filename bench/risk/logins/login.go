// Package logins simulates the logins of a year: honest users who travel, update, change
// networks, buy devices and clear their storage, and attackers of six kinds. What it
// assumes of them, and from where, stands in parameters.go.
package logins

import (
	"cmp"
	"encoding/json"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

// Kind is who logs in.
type Kind int

// The kinds. All but the honest have the user's password or session; the last two have
// the device's key as well.
const (
	Honest         Kind = iota
	StolenPassword      // from the attacker's own network and browser
	CopiedAgent         // the same, with the victim's user agent
	CityProxy           // with the victim's user agent and a proxy in the victim's city
	StolenSession       // a session that malware took, on another machine
	StolenKey           // a browser profile with its key, on another machine
	ImitatedKey         // the same, with every signal imitated and a proxy in the city
)

// Attacks lists the kinds of attackers.
var Attacks = []Kind{StolenPassword, CopiedAgent, CityProxy, StolenSession, StolenKey, ImitatedKey}

// String says it for a table.
func (k Kind) String() string {
	return [...]string{
		"honest", "stolen password", "copied user agent", "proxy in the victim's city",
		"stolen session", "stolen key", "stolen key, all imitated",
	}[k]
}

// Login is one login, with the right password.
type Login struct {
	At        time.Time
	User      int
	Kind      Kind
	Key       string // that it proves; "" for none
	Registers string // the key that the honest user's browser registers after it; "" for none
	Shared    bool   // the browser has two users

	Address    string // a name: equal for equal addresses
	Place      symbolon.Place
	Connection risk.Connection
	Signals    json.RawMessage
}

// Scored tells whether figures count the login: it comes after the warm-up.
func (l Login) Scored() bool { return l.At.Sub(begin) >= warmUp*24*time.Hour }

var begin = time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)

// Simulate gives the logins of that many users and of one attacker of each kind against
// each, in order of time. Equal seeds give equal logins.
func Simulate(seed uint64, users int) []Login {
	w := newWorld(seed)
	var all []Login
	for i := range users {
		u := newUser(i, w, rand.New(rand.NewPCG(seed, uint64(i)+1)))
		all = append(all, u.year()...)
	}
	slices.SortStableFunc(all, func(a, b Login) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.User, b.User)) })
	return all
}

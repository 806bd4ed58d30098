package logins_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/symbolon-id/symbolon/bench/risk/logins"
	"github.com/symbolon-id/symbolon/risk"
)

const users = 150

var year = logins.Simulate(3, users)

func of(kinds ...logins.Kind) []logins.Login {
	return slices.DeleteFunc(slices.Clone(year), func(l logins.Login) bool { return !slices.Contains(kinds, l.Kind) })
}

var ofUser = func() map[int][]logins.Login {
	own := map[int][]logins.Login{}
	for _, l := range of(logins.Honest) {
		own[l.User] = append(own[l.User], l)
	}
	return own
}()

// honest are the user's own logins before the given one.
func honest(before logins.Login) []logins.Login {
	own := ofUser[before.User]
	n := slices.IndexFunc(own, func(l logins.Login) bool { return l.At.After(before.At) })
	if n < 0 {
		n = len(own)
	}
	return own[:n]
}

func TestEqualSeedsGiveEqualLogins(t *testing.T) {
	if !reflect.DeepEqual(year, logins.Simulate(3, users)) {
		t.Error("the same seed gave other logins")
	}
}

func TestLoginsComeInOrderOfTimeAndAreWellFormed(t *testing.T) {
	if !slices.IsSortedFunc(year, func(a, b logins.Login) int { return a.At.Compare(b.At) }) {
		t.Error("not in order of time")
	}
	for _, l := range year {
		if _, err := risk.ParseSignals(l.Signals); err != nil {
			t.Fatalf("%s: %v", l.Kind, err)
		}
		if l.Address == "" || !l.Place.Known() || l.Connection.UserAgent == "" {
			t.Fatalf("%s lacks address, place or user agent: %+v", l.Kind, l)
		}
	}
}

// Half of the users log in 9.5 times a year and half 104 times.
func TestUsersLogInAsOftenAsTheParametersSay(t *testing.T) {
	mean := float64(len(of(logins.Honest))) / users
	if mean < 45 || mean > 70 {
		t.Errorf("%.1f logins of each user, want about 57", mean)
	}
}

func TestWhoStealsNoKeyShowsNone(t *testing.T) {
	for _, l := range of(logins.StolenPassword, logins.CopiedAgent, logins.CityProxy, logins.StolenSession) {
		if l.Key != "" || l.Registers != "" {
			t.Fatalf("%s shows the key %q", l.Kind, l.Key)
		}
	}
}

func TestStolenKeysAreTheVictims(t *testing.T) {
	for _, l := range of(logins.StolenKey, logins.ImitatedKey) {
		if !slices.ContainsFunc(honest(l), func(own logins.Login) bool { return own.Registers == l.Key }) {
			t.Errorf("%s: user %d never registered %q", l.Kind, l.User, l.Key)
		}
	}
}

func TestCopiedUserAgentsAreTheVictims(t *testing.T) {
	for _, l := range of(logins.CopiedAgent, logins.CityProxy) {
		if !slices.ContainsFunc(honest(l), func(own logins.Login) bool { return own.Connection.UserAgent == l.Connection.UserAgent }) {
			t.Errorf("%s: user %d never showed %q", l.Kind, l.User, l.Connection.UserAgent)
		}
	}
}

func TestProxiesAreInTheVictimsCountry(t *testing.T) {
	for _, l := range of(logins.CityProxy, logins.ImitatedKey) {
		home := map[string]int{}
		own := honest(l)
		for _, o := range own {
			home[o.Place.Country]++
		}
		// A short history may be that of one trip or of an office abroad.
		if len(own) >= 20 && home[l.Place.Country] == 0 {
			t.Errorf("%s: in %s, where user %d never was: %v", l.Kind, l.Place.Country, l.User, home)
		}
	}
}

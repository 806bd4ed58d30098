package symbolon_test

import (
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

func TestHowEventsNameACaller(t *testing.T) {
	ada := &symbolon.Assertion{UserID: "ada"}
	for name, c := range map[string]struct {
		caller symbolon.Caller
		want   symbolon.Actor
		text   string
		staff  bool
	}{
		"a device names nobody":        {symbolon.Caller{Kind: symbolon.CallerClient}, symbolon.Actor{Kind: "client"}, "client", false},
		"a user by their id":           {symbolon.Caller{Kind: symbolon.CallerUser, Assertion: ada}, symbolon.Actor{Kind: "user", ID: "ada"}, "user:ada", false},
		"a backend by its credential":  {symbolon.Caller{Kind: symbolon.CallerBackend, Credential: "cred_1"}, symbolon.Actor{Kind: "backend", ID: "cred_1"}, "backend:cred_1", true},
		"an admin by their credential": {symbolon.Caller{Kind: symbolon.CallerAdmin, Credential: "cred_2"}, symbolon.Actor{Kind: "admin", ID: "cred_2"}, "admin:cred_2", true},
		"the service itself":           {symbolon.Caller{Kind: symbolon.CallerSystem}, symbolon.Actor{Kind: "system"}, "system", true},
		"a backend is no user, whatever it carries": {
			symbolon.Caller{Kind: symbolon.CallerBackend, Credential: "cred_1", Assertion: ada},
			symbolon.Actor{Kind: "backend", ID: "cred_1"},
			"backend:cred_1", true,
		},
		"nobody is nobody": {symbolon.Caller{}, symbolon.Actor{}, "", false},
	} {
		got := c.caller.Actor()
		if got != c.want || got.String() != c.text || c.caller.Staff() != c.staff {
			t.Errorf("%s: got %+v, %q, staff %v", name, got, got, c.caller.Staff())
		}
	}
}

func TestASecondFactorIsFreshForTenMinutes(t *testing.T) {
	for rule, c := range map[string]struct {
		factor string
		age    time.Duration
		want   bool
	}{
		"just passed":                    {"otp", 0, true},
		"until just before ten minutes":  {"otp", 10*minute - tick, true},
		"not exactly ten minutes later":  {"otp", 10 * minute, false},
		"from a clock a minute ahead":    {"otp", -minute, true},
		"not from one further ahead":     {"otp", -minute - tick, false},
		"not without a factor, just now": {"", 0, false},
	} {
		a := symbolon.Assertion{Factor: c.factor, AuthTime: noon.Add(-c.age)}
		if got := a.FreshFactor(noon); got != c.want {
			t.Errorf("%s: got %v", rule, got)
		}
	}
	if (symbolon.Assertion{Factor: "otp"}).FreshFactor(noon) {
		t.Error("a factor of no known time is fresh")
	}
}

func TestWhichAssertionsCountForAUser(t *testing.T) {
	at := func(t time.Time) symbolon.Assertion { return symbolon.Assertion{AuthTime: t} }
	issued := func(t time.Time, epoch string) symbolon.Assertion {
		return symbolon.Assertion{AuthTime: t, AsOfIssue: true, Epoch: epoch}
	}
	for rule, c := range map[string]struct {
		user symbolon.User
		a    symbolon.Assertion
		want bool
	}{
		"any, of a user who may be new":                  {symbolon.User{}, at(noon), true},
		"none from before a revocation":                  {symbolon.User{NotBefore: noon}, at(noon.Add(-tick)), false},
		"none from the moment of it":                     {symbolon.User{NotBefore: noon}, at(noon), false},
		"one from after it":                              {symbolon.User{NotBefore: noon}, at(noon.Add(hour)), true},
		"none without a time, once there was one":        {symbolon.User{NotBefore: noon}, at(time.Time{}), false},
		"none issued before it, by however fast a clock": {symbolon.User{NotBefore: noon, Epoch: "b"}, issued(noon.Add(hour), "a"), false},
		"one issued after it, by however slow a clock":   {symbolon.User{NotBefore: noon, Epoch: "b"}, issued(noon.Add(-hour), "b"), true},
		"none authenticated before, though issued after": {symbolon.User{NotBefore: noon, Epoch: "b"}, symbolon.Assertion{AuthTime: noon.Add(-hour), Epoch: "b"}, false},
		"none of a deactivated user, from before":        {symbolon.User{DeactivatedAt: noon}, at(noon.Add(-hour)), false},
		"none of a deactivated user, from afterwards":    {symbolon.User{DeactivatedAt: noon}, at(noon.Add(hour)), false},
	} {
		if got := c.user.Admits(c.a); got != c.want {
			t.Errorf("%s: got %v", rule, got)
		}
	}
}

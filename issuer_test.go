package symbolon_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
)

func issuer(edits ...func(*symbolon.Issuer)) symbolon.Issuer {
	i := symbolon.Issuer{Issuer: "https://id.example/realms/main", Audiences: []string{"app"}}
	for _, edit := range edits {
		edit(&i)
	}
	return i
}

func durationOf(d time.Duration) *symbolon.Duration { return (*symbolon.Duration)(&d) }

func spanOf(d time.Duration) *symbolon.Span { return (*symbolon.Span)(&d) }

func many(n int) (texts []string) {
	for i := range n {
		texts = append(texts, fmt.Sprint("value", i))
	}
	return texts
}

func manyClaims(n int) map[string][]string {
	claims := map[string][]string{}
	for _, name := range many(n) {
		claims[name] = []string{"x"}
	}
	return claims
}

func TestIssuersThatBreakARule(t *testing.T) {
	asks := func(edit func(*symbolon.Introspector)) func(*symbolon.Issuer) {
		return func(i *symbolon.Issuer) {
			i.Introspection = &symbolon.Introspector{ClientID: "symbolon", ClientSecret: "secret"}
			edit(i.Introspection)
		}
	}
	for field, edits := range map[string][]func(*symbolon.Issuer){
		"issuer": {
			func(i *symbolon.Issuer) { i.Issuer = "" },
			func(i *symbolon.Issuer) { i.Issuer = "id.example" },
			func(i *symbolon.Issuer) { i.Issuer = "http://id.example" },
			func(i *symbolon.Issuer) { i.Issuer = "http://localhost.example" },
			func(i *symbolon.Issuer) { i.Issuer = "http://127.0.0.1.example" },
			func(i *symbolon.Issuer) { i.Issuer = "https://id.example/?realm=main" },
			func(i *symbolon.Issuer) { i.Issuer = "https://id.example/?" },
			func(i *symbolon.Issuer) { i.Issuer = "https://id.example/#" },
			func(i *symbolon.Issuer) { i.Issuer = "https://me:pw@id.example" },
			func(i *symbolon.Issuer) { i.Issuer = "file:///etc/passwd" },
			func(i *symbolon.Issuer) { i.Issuer = "https://id.example/" + strings.Repeat("a", 2048) },
		},
		"audiences": {
			func(i *symbolon.Issuer) { i.Audiences = nil },
			func(i *symbolon.Issuer) { i.Audiences = many(21) },
			func(i *symbolon.Issuer) { i.Audiences = []string{""} },
			func(i *symbolon.Issuer) { i.Audiences = []string{"a\x00b"} },
		},
		"userClaim":   {func(i *symbolon.Issuer) { i.UserClaim = strings.Repeat("a", 256) }},
		"require":     {func(i *symbolon.Issuer) { i.Require = manyClaims(11) }, func(i *symbolon.Issuer) { i.Require = map[string][]string{"": {"x"}} }},
		"require.amr": {func(i *symbolon.Issuer) { i.Require = map[string][]string{"amr": many(21)} }, func(i *symbolon.Issuer) { i.Require = map[string][]string{"amr": {""}} }},
		"factor":      {func(i *symbolon.Issuer) { i.Factor = manyClaims(11) }},
		"factor.amr":  {func(i *symbolon.Issuer) { i.Factor = map[string][]string{"amr": {}} }, func(i *symbolon.Issuer) { i.Factor = map[string][]string{"amr": many(21)} }},
		"algorithms":  {func(i *symbolon.Issuer) { i.Algorithms = []string{"none"} }, func(i *symbolon.Issuer) { i.Algorithms = []string{"RS256", "HS256"} }},
		"leeway":      {func(i *symbolon.Issuer) { i.Leeway = durationOf(0) }, func(i *symbolon.Issuer) { i.Leeway = durationOf(5*time.Minute + 1) }},

		"introspection.endpoint":     {asks(func(in *symbolon.Introspector) { in.Endpoint = "http://id.example/ask" })},
		"introspection.clientId":     {asks(func(in *symbolon.Introspector) { in.ClientID = "" })},
		"introspection.clientSecret": {asks(func(in *symbolon.Introspector) { in.ClientSecret = "a\nb" })},
		"introspection.cacheFor":     {asks(func(in *symbolon.Introspector) { in.CacheFor = spanOf(-time.Second) }), asks(func(in *symbolon.Introspector) { in.CacheFor = spanOf(5*time.Minute + 1) })},
	} {
		for n, edit := range edits {
			var own *symbolon.Error
			err := symbolon.CheckIssuers([]symbolon.Issuer{issuer(func(i *symbolon.Issuer) { i.Issuer = "https://other.example" }), issuer(edit)})
			if !errors.As(err, &own) || own.Field != "issuers[1]."+field || !strings.HasPrefix(own.Message, own.Field) || strings.Contains(own.Message, "%!") {
				t.Errorf("%s, %d: %v", field, n, err)
			}
		}
	}
	var several []symbolon.Issuer
	for n := range symbolon.MaxIssuers + 1 {
		several = append(several, issuer(func(i *symbolon.Issuer) { i.Issuer += fmt.Sprint(n) }))
	}
	if err := symbolon.CheckIssuers(several); !errors.Is(err, symbolon.ErrInvalidRequest) {
		t.Errorf("too many: %v", err)
	}
	if err := symbolon.CheckIssuers(several[:symbolon.MaxIssuers]); err != nil {
		t.Errorf("as many as there may be: %v", err)
	}
	if err := symbolon.CheckIssuers([]symbolon.Issuer{issuer(), issuer()}); err == nil {
		t.Error("one is listed twice")
	}
}

func TestIssuersThatKeepTheRules(t *testing.T) {
	for _, edit := range []func(*symbolon.Issuer){
		func(*symbolon.Issuer) {},
		func(i *symbolon.Issuer) { i.Issuer = "https://id.example:8443/" },
		func(i *symbolon.Issuer) { i.Issuer = "http://localhost:8081/realms/main" },
		func(i *symbolon.Issuer) { i.Issuer = "http://127.0.0.1:8081" },
		func(i *symbolon.Issuer) { i.Issuer = "http://[::1]:8081" },
		func(i *symbolon.Issuer) { i.Audiences, i.Require, i.Factor = many(20), manyClaims(10), manyClaims(10) },
		func(i *symbolon.Issuer) { i.Require = map[string][]string{"tenant": {}} },
		func(i *symbolon.Issuer) {
			i.Algorithms, i.Leeway = symbolon.IssuerAlgorithms, durationOf(5*time.Minute)
		},
		func(i *symbolon.Issuer) {
			i.Introspection = &symbolon.Introspector{ClientID: "x", CacheFor: spanOf(0)}
		},
	} {
		if err := symbolon.CheckIssuers([]symbolon.Issuer{issuer(edit)}); err != nil {
			t.Error(err)
		}
	}
}

func TestWhatCountsWhereAnIssuerSaysNothing(t *testing.T) {
	i := issuer()
	if i.User() != "sub" || strings.Join(i.Signatures(), " ") != "RS256 PS256 ES256 EdDSA" || i.ClockLeeway() != 30*time.Second {
		t.Errorf("user %s, algorithms %v, leeway %s", i.User(), i.Signatures(), i.ClockLeeway())
	}
	if (symbolon.Introspector{}).Remember() != 10*time.Second {
		t.Error("answers count for another time than ten seconds")
	}
	i = issuer(func(i *symbolon.Issuer) {
		i.UserClaim, i.Algorithms, i.Leeway = "email", []string{"ES384"}, durationOf(time.Minute)
	})
	if i.User() != "email" || len(i.Signatures()) != 1 || i.ClockLeeway() != time.Minute {
		t.Errorf("user %s, algorithms %v, leeway %s", i.User(), i.Signatures(), i.ClockLeeway())
	}
}

// A store keeps a secret sealed; in the clear it goes nowhere.
func TestTheStoredFormOfIssuers(t *testing.T) {
	before := []symbolon.Issuer{issuer(), issuer(func(i *symbolon.Issuer) {
		i.Issuer, i.Factor = "https://other.example", map[string][]string{"amr": {"otp"}}
		i.Introspection = &symbolon.Introspector{ClientID: "symbolon", ClientSecret: "swordfish", Sealed: []byte{1, 2, 3}}
	})}
	text, err := symbolon.EncodeIssuers(before)
	if err != nil || bytes.Contains(text, []byte("swordfish")) || before[1].Introspection.ClientSecret != "swordfish" {
		t.Fatalf("encoded as %s, %v", text, err)
	}
	after, err := symbolon.DecodeIssuers(text)
	if err != nil || len(after) != 2 || !bytes.Equal(after[1].Introspection.Sealed, []byte{1, 2, 3}) || after[1].Factor["amr"][0] != "otp" {
		t.Fatalf("decoded as %+v, %v", after, err)
	}
	shown, err := json.Marshal(after)
	if err != nil || bytes.Contains(shown, []byte("ealed")) {
		t.Errorf("shown as %s, %v", shown, err)
	}
	if none, err := symbolon.DecodeIssuers([]byte("[]")); err != nil || none == nil {
		t.Errorf("none is %v, %v", none, err)
	}
	if _, err := symbolon.DecodeIssuers([]byte("{")); err == nil {
		t.Error("broken, and taken")
	}
}

// A provider's token knows nothing of epochs, and is renewed without its user.
func TestAssertionsByIssuers(t *testing.T) {
	at := func(when time.Time, asOfIssue bool) symbolon.Assertion {
		return symbolon.Assertion{Issuer: "https://id.example", AuthTime: when, AsOfIssue: asOfIssue, Factor: "otp"}
	}
	revoked := symbolon.User{NotBefore: noon, Epoch: "second"}
	for rule, row := range map[string]struct {
		user            symbolon.User
		a               symbolon.Assertion
		admitted, fresh bool
	}{
		"authenticated":                       {symbolon.User{}, at(noon, false), true, true},
		"issued":                              {symbolon.User{}, at(noon, true), true, false},
		"authenticated after a revocation":    {revoked, at(noon.Add(tick), false), true, true},
		"issued after a revocation":           {revoked, at(noon.Add(tick), true), true, false},
		"authenticated at a revocation":       {revoked, at(noon, false), false, true},
		"issued before a revocation":          {revoked, at(noon.Add(-tick), true), false, false},
		"authenticated by a deactivated user": {symbolon.User{DeactivatedAt: noon}, at(noon.Add(tick), false), false, true},
	} {
		if got := row.user.Admits(row.a); got != row.admitted {
			t.Errorf("%s: admitted %v", rule, got)
		}
		if got := row.a.FreshFactor(noon); got != row.fresh {
			t.Errorf("%s: fresh %v", rule, got)
		}
	}
}

package server_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/dunglas/httpsfv"
	"github.com/go-jose/go-jose/v4"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/server"
)

// boundBrowser is a browser with Device Bound Session Credentials: a key for each session.
type boundBrowser struct {
	h      *house
	alg    jose.SignatureAlgorithm
	key    crypto.Signer
	cookie string
}

func newBoundBrowser(t testing.TB, h *house) *boundBrowser {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	return &boundBrowser{h: h, alg: jose.ES256, key: key}
}

// sign makes a browser's JWT; with its key where the session is registered.
func (b *boundBrowser) sign(t testing.TB, withKey bool, claims map[string]string) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: b.alg, Key: b.key}, (&jose.SignerOptions{EmbedJWK: withKey}).WithType("dbsc+jwt"))
	must(t, err)
	text, err := json.Marshal(claims)
	must(t, err)
	signed, err := signer.Sign(text)
	must(t, err)
	compact, err := signed.CompactSerialize()
	must(t, err)
	return compact
}

// offer is what a decision offers: where to register, the challenge, the authorization; and
// the cookie beside it.
type offer struct{ path, challenge, authorization, cookie string }

func offered(t testing.TB, a answered) offer {
	t.Helper()
	list, err := httpsfv.UnmarshalList(a.header["Secure-Session-Registration"])
	must(t, err)
	inner := list[0].(httpsfv.InnerList)
	if len(list) != 1 || len(inner.Items) != 2 || inner.Items[0].Value != httpsfv.Token("ES256") || inner.Items[1].Value != httpsfv.Token("RS256") {
		t.Errorf("offered is %v", a.header["Secure-Session-Registration"])
	}
	text := func(name string) string {
		v, _ := inner.Params.Get(name)
		return v.(string)
	}
	cookie, _, _ := strings.Cut(a.header.Get("Set-Cookie"), ";")
	return offer{text("path"), text("challenge"), text("authorization"), cookie}
}

// register answers an offer.
func (b *boundBrowser) register(t testing.TB, o offer) answered {
	t.Helper()
	b.cookie = o.cookie
	return b.send(t, "sessions", b.answer(t, o), "")
}

func (b *boundBrowser) answer(t testing.TB, o offer) string {
	t.Helper()
	return b.sign(t, true, map[string]string{"jti": o.challenge, "authorization": o.authorization})
}

// send calls as Chromium itself does, without a body; edits are pairs of a header and what it
// is instead, "" for none.
func (b *boundBrowser) send(t testing.TB, call, response, id string, edits ...string) answered {
	t.Helper()
	header := map[string]string{
		"Secure-Session-Response": response, "Sec-Secure-Session-Id": id,
		"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "empty",
	}
	for i := 0; i < len(edits); i += 2 {
		header[edits[i]] = edits[i+1]
	}
	return b.h.atCheck(t, call, "", visit{header: header, cookie: b.cookie})
}

// refresh asks for a challenge and signs it.
func (b *boundBrowser) refresh(t testing.TB, id string) answered {
	t.Helper()
	return b.send(t, "sessions/refresh", b.sign(t, false, map[string]string{"jti": challengeOf(t, b.send(t, "sessions/refresh", "", quoted(id)), id)}), quoted(id))
}

func quoted(id string) string { return strconv.Quote(id) }

// challengeOf reads the challenge for a session.
func challengeOf(t testing.TB, a answered, id string) string {
	t.Helper()
	item, err := httpsfv.UnmarshalItem(a.header["Secure-Session-Challenge"])
	must(t, err)
	if of, _ := item.Params.Get("id"); a.status != http.StatusForbidden || of != id {
		t.Fatalf("no challenge for %s: %d %s %v", id, a.status, a.body, a.header)
	}
	return item.Value.(string)
}

type instructions struct {
	ID         string `json:"session_identifier"`
	RefreshURL string `json:"refresh_url"`
	Scope      struct {
		Origin      string `json:"origin"`
		IncludeSite *bool  `json:"include_site"`
	} `json:"scope"`
	Credentials []struct{ Type, Name, Attributes string } `json:"credentials"`
}

// instructed reads instructions, and gives the pass that came with them.
func instructed(t testing.TB, a answered) (in instructions, pass string) {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "application/json" {
		t.Fatalf("no session: %d %s", a.status, a.body)
	}
	must(t, json.Unmarshal([]byte(a.body), &in))
	pass, _, _ = strings.Cut(a.header.Get("Set-Cookie"), ";")
	return in, pass
}

// A browser binds a session at its first check, and renews the pass by itself from then on:
// until the device is blocked, which ends the session.
func TestStoryOfABoundSession(t *testing.T) {
	h := openHouse(t, withPage)
	p := h.newPhone(t, "alice")
	device := p.register(t)
	b := newBoundBrowser(t, h)
	o := offered(t, p.check(t, visit{}))
	if o.path != "/device-check/v1/apps/bank/sessions" {
		t.Errorf("the session is to be registered at %s", o.path)
	}
	in, pass := instructed(t, b.register(t, o))
	if in.ID == "" || in.RefreshURL != "/device-check/v1/apps/bank/sessions/refresh" || in.Scope.Origin != origin ||
		in.Scope.IncludeSite == nil || *in.Scope.IncludeSite || len(in.Credentials) != 1 {
		t.Fatalf("the browser is told %+v", in)
	}
	if c := in.Credentials[0]; c.Type != "cookie" || c.Name != secureCookie || c.Attributes != "Path=/; HttpOnly; SameSite=Lax; Secure" {
		t.Errorf("the session's cookie is %+v", c)
	}
	if got := h.pass(t, visit{cookie: pass}).grants(t); got.device != string(device.ID) || got.bound != "true" {
		t.Errorf("the app learns %+v", got)
	}
	again, renewed := instructed(t, b.refresh(t, in.ID))
	if again.ID != in.ID || renewed == pass {
		t.Errorf("renewed: %+v", again)
	}
	if got := h.pass(t, visit{cookie: renewed}).grants(t); got.bound != "true" {
		t.Errorf("the app learns %+v", got)
	}
	found, err := h.backend.GetDevice(t.Context(), device.ID)
	must(t, err)
	if found.SessionBoundAt == nil {
		t.Error("the device's record does not tell of the session")
	}
	_, err = h.backend.BlockDevice(t.Context(), device.ID, symbolon.BlockRequest{Reason: "stolen"})
	must(t, err)
	h.pass(t, visit{cookie: renewed}).problem(t, "the pass of the blocked device", http.StatusForbidden, "device_blocked")
	b.refresh(t, in.ID).problem(t, "its refresh", http.StatusBadRequest, "invalid_request")
}

// Chromium sends the JWT bare, the draft has a string; both mean the same, as does an id.
func TestFormsOfASessionsHeaders(t *testing.T) {
	h := openHouse(t, withPage)
	p := registered(t, h, "alice")
	b := newBoundBrowser(t, h)
	o := offered(t, p.check(t, visit{}))
	b.cookie = o.cookie
	response := b.answer(t, o)
	for _, bad := range []string{"", `"`, `""`, `"` + response, response + `"`, response + " x", `"a", "b"`, ":YWJj:", "1.5;x", "ey.ey.ey"} {
		b.send(t, "sessions", bad, "").problem(t, bad, http.StatusBadRequest, "invalid_request")
	}
	in, _ := instructed(t, b.send(t, "sessions", quoted(response), ""))
	for _, form := range []string{in.ID, quoted(in.ID), " " + quoted(in.ID) + ";x=1"} {
		challenge := challengeOf(t, b.send(t, "sessions/refresh", "", form), in.ID)
		for _, response := range []string{b.sign(t, false, map[string]string{"jti": challenge})} {
			instructed(t, b.send(t, "sessions/refresh", quoted(response), form))
		}
	}
	for _, bad := range []string{"", `""`, "no such session", "%zz", `"` + in.ID} {
		b.send(t, "sessions/refresh", "", bad).problem(t, "session "+bad, http.StatusBadRequest, "invalid_request")
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	other := &boundBrowser{h: h, alg: jose.RS256, key: rsaKey}
	in, _ = instructed(t, other.register(t, offered(t, p.check(t, visit{}))))
	instructed(t, other.refresh(t, in.ID))
}

// A challenge is spent by success alone. One that was spent asks for another try, and what
// can never hold ends the session.
func TestChallengesOfASession(t *testing.T) {
	h := openHouse(t, withPage)
	p := registered(t, h, "alice")
	b := newBoundBrowser(t, h)
	o := offered(t, p.check(t, visit{}))
	response := b.answer(t, o)

	fails := true
	down := openFaulty(t, h, &faulty{tx: func() error {
		if fails {
			return errors.New("not now")
		}
		return nil
	}}, server.Limits{PublicRate: -1}, withPage)
	at := func(call, response, id string) answered {
		return (&boundBrowser{h: down, cookie: o.cookie}).send(t, call, response, id)
	}
	at("sessions", response, "").problem(t, "a fault", http.StatusServiceUnavailable, "unavailable")
	fails = false
	in, _ := instructed(t, at("sessions", response, ""))
	at("sessions", response, "").problem(t, "a second registration", http.StatusBadRequest, "invalid_request")

	challenge := challengeOf(t, b.send(t, "sessions/refresh", "", quoted(in.ID)), in.ID)
	response = b.sign(t, false, map[string]string{"jti": challenge})
	fails = true
	at("sessions/refresh", response, quoted(in.ID)).problem(t, "a fault", http.StatusServiceUnavailable, "unavailable")
	fails = false
	instructed(t, at("sessions/refresh", response, quoted(in.ID)))
	fresh := challengeOf(t, at("sessions/refresh", response, quoted(in.ID)), in.ID)
	if fresh == challenge {
		t.Error("a replay gets the spent challenge")
	}

	thief := newBoundBrowser(t, h)
	second, _ := instructed(t, thief.register(t, offered(t, registered(t, h, "mallory").check(t, visit{}))))
	other := offered(t, p.check(t, visit{}))
	for what, a := range map[string]answered{
		"another key":             b.send(t, "sessions/refresh", thief.sign(t, false, map[string]string{"jti": fresh}), quoted(in.ID)),
		"another session":         b.send(t, "sessions/refresh", b.sign(t, false, map[string]string{"jti": fresh}), quoted(second.ID)),
		"its key in the header":   b.send(t, "sessions/refresh", b.sign(t, true, map[string]string{"jti": fresh}), quoted(in.ID)),
		"no challenge of ours":    b.send(t, "sessions/refresh", b.sign(t, false, map[string]string{"jti": "made-up"}), quoted(in.ID)),
		"another's authorization": thief.register(t, offer{challenge: o.challenge, authorization: other.authorization, cookie: other.cookie}),
	} {
		a.problem(t, what, http.StatusBadRequest, "invalid_request")
		if a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie is set", what)
		}
	}
	instructed(t, b.send(t, "sessions/refresh", b.sign(t, false, map[string]string{"jti": fresh}), quoted(in.ID)))
}

// Sessions are for browsers at the app's own origin over https, not for pages elsewhere.
func TestWhoBindsSessions(t *testing.T) {
	h := openHouse(t, withPage)
	origins := []string{origin, "http://bank.example"}
	_, err := h.admin.UpdateApp(t.Context(), symbolon.AppPatch{Origins: &origins}, -1)
	must(t, err)
	for what, header := range map[string]map[string]string{
		"another origin":    {"Origin": "https://evil.example"},
		"another site":      {"Origin": "", "Sec-Fetch-Site": "cross-site"},
		"a sibling":         {"Sec-Fetch-Site": "same-site"},
		"http":              {"X-Forwarded-Proto": "http", "Origin": "http://bank.example"},
		"an unknown origin": {"X-Forwarded-Host": "evil.example", "Origin": "https://evil.example"},
	} {
		a := h.atCheck(t, "sessions", "", visit{header: header})
		a.problem(t, what, http.StatusForbidden, "forbidden")
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may read the answer", what)
		}
	}
}

// A script of the page can read an offer and sign it by a key of its own. It can't send that as
// the browser does, and whoever it gives the offer to lacks the cookie.
func TestNoPageBindsASession(t *testing.T) {
	h := openHouse(t, withPage)
	p := registered(t, h, "alice")
	o := offered(t, p.check(t, visit{}))
	script := newBoundBrowser(t, h)
	script.cookie = o.cookie // as the browser adds it
	for what, edits := range map[string][]string{
		"fetch":                         {"Sec-Fetch-Mode", "cors"},
		"fetch in the mode same-origin": {"Sec-Fetch-Mode", "same-origin"},
		"a form":                        {"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "document"},
		"a frame":                       {"Sec-Fetch-Mode", "navigate", "Sec-Fetch-Dest", "iframe"},
		"an image":                      {"Sec-Fetch-Dest", "image"},
		"a page of a sibling":           {"Sec-Fetch-Site", "same-site"},
		"a page elsewhere":              {"Sec-Fetch-Site", "cross-site"},
		"a browser that says no modes":  {"Sec-Fetch-Mode", "", "Sec-Fetch-Site", "", "Sec-Fetch-Dest", ""},
	} {
		script.send(t, "sessions", script.answer(t, o), "", edits...).problem(t, what, http.StatusForbidden, "forbidden")
		if !strings.HasPrefix(what, "a browser") { // which can't say Sec-Secure-Session-Id in a script either
			script.send(t, "sessions/refresh", "", quoted("any"), edits...).problem(t, what+", to renew", http.StatusForbidden, "forbidden")
		}
	}
	for what, cookie := range map[string]string{
		"nobody's cookie": "", "another check's": p.pass(t, visit{}), "another user's": registered(t, h, "mallory").pass(t, visit{}),
		"two": o.cookie + "; " + o.cookie, "the authorization": secureCookie + "=" + o.authorization,
	} {
		thief := newBoundBrowser(t, h)
		thief.cookie = cookie
		a := thief.send(t, "sessions", thief.answer(t, o), "")
		a.problem(t, what, http.StatusBadRequest, "invalid_request")
		if a.header.Get("Set-Cookie") != "" {
			t.Errorf("%s: a cookie is set", what)
		}
	}
	instructed(t, newBoundBrowser(t, h).register(t, o))
	instructed(t, newBoundBrowser(t, h).register(t, offered(t, p.check(t, visit{}))))
}

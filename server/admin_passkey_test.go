package server_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/internal/passkeytest"
)

const passkeys = "/v1/admin/passkeys"

// offered asks for the options of a ceremony.
func (b *browser) offered(t testing.TB, path string) (o symbolon.PasskeyOptions) {
	t.Helper()
	must(t, json.Unmarshal([]byte(b.ask(t, "POST", path+"/options", "").want(t, "options", http.StatusOK).body), &o))
	return o
}

func body(t testing.TB, v any) string {
	t.Helper()
	text, err := json.Marshal(v)
	must(t, err)
	return string(text)
}

// addKey gives the admin a passkey.
func (b *browser) addKey(t testing.TB) *passkeytest.Authenticator {
	t.Helper()
	k := passkeytest.New(t, "https://symbolon.example", "symbolon.example")
	o := b.offered(t, passkeys)
	b.ask(t, "POST", passkeys, body(t, symbolon.NewPasskey{Name: "Laptop", Credential: k.Create(t, o.Options), State: o.State})).want(t, "a passkey", http.StatusCreated)
	return k
}

func (b *browser) showKey(t testing.TB, k *passkeytest.Authenticator, header ...string) answered {
	t.Helper()
	o := b.offered(t, "/v1/admin/session/passkey")
	return b.ask(t, "POST", "/v1/admin/session/passkey", body(t, symbolon.PasskeyAnswer{Credential: k.Get(t, o.Options), State: o.State}), header...)
}

func TestAnAdminComesByAPasskey(t *testing.T) {
	h := openHouse(t)
	b := h.mia(t)
	k := b.addKey(t)
	other := h.newBrowser()
	other.showKey(t, k).want(t, "the passkey in another browser", http.StatusCreated)
	var list symbolon.PasskeyList
	must(t, json.Unmarshal([]byte(other.ask(t, "GET", passkeys, "").want(t, "the passkeys", http.StatusOK).body), &list))
	if len(list.Items) != 1 || list.Items[0].Name != "Laptop" || !list.HasPassword {
		t.Fatalf("the passkeys are %+v", list)
	}
	at := passkeys + "/" + list.Items[0].ID
	if text := other.ask(t, "PATCH", at, `{"name":"Phone"}`).want(t, "its name", http.StatusOK).body; strings.Contains(text, "publicKey") {
		t.Errorf("it tells what is behind it: %s", text)
	}
	o := other.offered(t, "/v1/admin/session/confirm")
	other.ask(t, "POST", "/v1/admin/session/confirm", body(t, symbolon.ConfirmRequest{Passkey: &symbolon.PasskeyAnswer{Credential: k.Get(t, o.Options), State: o.State}})).want(t, "confirming", http.StatusOK)
	other.ask(t, "DELETE", at, "").want(t, "removing it", http.StatusNoContent)
	other.showKey(t, k).problem(t, "the passkey that was removed", http.StatusUnauthorized, "unauthenticated")
}

func TestPasskeysOpenNothingFromElsewhere(t *testing.T) {
	h := openHouse(t)
	b := h.mia(t)
	k := b.addKey(t)
	b.showKey(t, k, "Sec-Fetch-Site", "cross-site").problem(t, "signing someone in from another site", http.StatusForbidden, "forbidden")
	b.ask(t, "POST", passkeys+"/options", "", "Sec-Fetch-Site", "cross-site").problem(t, "options for another site", http.StatusForbidden, "forbidden")
	h.newBrowser().ask(t, "POST", passkeys+"/options", "").problem(t, "options for nobody", http.StatusUnauthorized, "unauthenticated")
	h.ask(t, "GET", passkeys, "", asAdmin()...).problem(t, "a credential's passkeys", http.StatusForbidden, "forbidden")
}

func TestWhoTriesPasskeysIsSlowedDown(t *testing.T) {
	h := openHouse(t)
	stranger, k := h.newBrowser(), passkeytest.New(t, "https://symbolon.example", "symbolon.example")
	k.Handle = []byte("adm_nobody")
	slowed := 0
	for range 100 {
		if stranger.showKey(t, k).status == http.StatusTooManyRequests {
			slowed++
		}
	}
	if slowed < 5 || slowed > 45 {
		t.Errorf("of 100 tries, %d were slowed down", slowed)
	}
}

// Who has a new password has a new secret in the browser too.
func TestANewPasswordChangesTheCookie(t *testing.T) {
	h := openHouse(t)
	b := h.mia(t)
	old := b.cookies[sessionCookie]
	b.ask(t, "PUT", "/v1/admin/password", `{"password":"another phrase altogether"}`).want(t, "a new password", http.StatusNoContent)
	b.ask(t, "GET", "/v1/admin/session", "").want(t, "the session", http.StatusOK)
	h.ask(t, "GET", "/v1/admin/session", "", "Cookie", sessionCookie+"="+old).problem(t, "the cookie from before", http.StatusUnauthorized, "unauthenticated")
}

package registry

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/symbolon-id/symbolon"
)

// relyingParty is the service as authenticators know it (WebAuthn Level 3 §4).
type relyingParty struct {
	*webauthn.WebAuthn
	origin string
}

// newRelyingParty is nil where there can be none: an address has no passkeys, nor has what is
// not secure. A service on this machine has them as localhost, whichever way it was started.
func newRelyingParty(publicURL string) (*relyingParty, error) {
	u, err := url.Parse(publicURL)
	if err != nil {
		return nil, err
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if ip, err := netip.ParseAddr(host); err == nil {
		if !ip.IsLoopback() {
			return nil, nil
		}
		host = "localhost"
	}
	if u.Scheme != "https" && host != "localhost" || protocol.ValidateRPID(host) != nil {
		return nil, nil
	}
	origin := u.Scheme + "://" + host
	if port != "" {
		origin += ":" + port
	}
	verified := protocol.AuthenticatorSelection{
		ResidentKey: protocol.ResidentKeyRequirementRequired, RequireResidentKey: protocol.ResidentKeyRequired(),
		UserVerification: protocol.VerificationRequired,
	}
	w, err := webauthn.New(&webauthn.Config{
		RPID: host, RPDisplayName: "Symbolon", RPOrigins: []string{origin},
		AttestationPreference: protocol.PreferNoAttestation, AuthenticatorSelection: verified,
		ExtensionsUnsolicitedOutputPolicy: protocol.UnsolicitedOutputPolicyIgnore, // some password managers tell more than they were asked
	})
	return &relyingParty{w, origin}, err
}

// SignInWays are the ways in beside passwords.
func (r *Registry) SignInWays() symbolon.SignInWays {
	var ways symbolon.SignInWays
	if r.party != nil {
		ways.Passkeys = &symbolon.PasskeyPlace{Origin: r.party.origin}
	}
	if r.provider != nil {
		ways.OIDC = &symbolon.ProviderWay{Label: r.provider.Label}
	}
	return ways
}

func (r *Registry) usesPasskeys() error {
	if r.party == nil {
		return symbolon.Errorf(symbolon.ErrConflict, "passkeys need the service under a name and https, such as https://devices.example.com; its public-url is %s", r.publicURL)
	}
	return nil
}

// owner is an admin as the library takes them.
type owner struct {
	symbolon.Admin
	passkeys []webauthn.Credential
}

// ownerOf reads the admin's passkeys as they were put.
func ownerOf(a symbolon.Admin, passkeys []symbolon.Passkey) (owner, error) {
	o := owner{Admin: a, passkeys: make([]webauthn.Credential, len(passkeys))}
	for i, p := range passkeys {
		if err := json.Unmarshal(p.Document, &o.passkeys[i]); err != nil {
			return o, fmt.Errorf("registry: the passkey %s can't be read: %w", p.ID, err)
		}
		o.passkeys[i].ID = p.Credential
	}
	return o, nil
}

func (o owner) WebAuthnID() []byte                         { return []byte(o.ID) }
func (o owner) WebAuthnName() string                       { return o.Login }
func (o owner) WebAuthnDisplayName() string                { return o.Name }
func (o owner) WebAuthnCredentials() []webauthn.Credential { return o.passkeys }

// ceremony is one exchange with an authenticator: what for, whose, and within what.
type ceremony struct {
	purpose string
	admin   symbolon.AdminID // "" where that is to be found out
	bound   string           // the session or the link that it is for
}

const (
	ceremonyLife    = 5 * time.Minute
	passkeySpend    = "passkey:"
	purposeAdd      = "add"
	purposeSetup    = "setup"
	purposeSignIn   = "sign-in"
	purposeConfirm  = "confirm"
	passkeyRefused  = "was not shown as it was asked for, or too late, or once before; try again"
	passkeyNotKnown = "this passkey opens no account here, or the account is closed"
)

// asked is a ceremony that was begun.
type asked struct {
	ceremony
	challenge string
	end       time.Time
}

// begun are the options with the state: nothing is kept of them here.
func (r *Registry) begun(c ceremony, challenge string, options any, now time.Time) (symbolon.PasskeyOptions, error) {
	text, err := json.Marshal(options)
	end := strconv.FormatInt(now.Add(ceremonyLife).Unix(), 10)
	state := strings.Join([]string{string(c.admin), challenge, end, ceremonyTag(r.secrets.current(), c, challenge, end)}, ".")
	return symbolon.PasskeyOptions{Options: text, State: state}, err
}

func ceremonyTag(s secret, c ceremony, challenge, end string) string {
	return base64.RawURLEncoding.EncodeToString(tag(s.passkey, c.purpose, string(c.admin), c.bound, challenge, end))
}

// askedBy reads a state; false where it was not made for this, or has expired. Where the
// ceremony does not say whose it is, the state does.
func (r *Registry) askedBy(c ceremony, state string, now time.Time) (asked, bool) {
	parts := strings.Split(state, ".")
	if len(parts) != 4 {
		return asked{}, false
	}
	if c.admin == "" {
		c.admin = symbolon.AdminID(parts[0])
	}
	end, err := strconv.ParseInt(parts[2], 10, 64)
	if err != nil || !now.Before(time.Unix(end, 0)) {
		return asked{}, false
	}
	for _, key := range r.secrets {
		if hmac.Equal([]byte(parts[3]), []byte(ceremonyTag(key, c, parts[1], parts[2]))) {
			return asked{c, parts[1], time.Unix(end, 0)}, true
		}
	}
	return asked{}, false
}

// session is what the library would have had to keep.
func (a asked) session() webauthn.SessionData {
	s := webauthn.SessionData{Challenge: a.challenge, UserVerification: protocol.VerificationRequired}
	if a.admin != "" {
		s.UserID = []byte(a.admin)
	}
	return s
}

package registry

import (
	"crypto"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"

	"github.com/symbolon-id/symbolon"
)

const (
	tokenType = "device+jwt"
	tokenTTL  = 5 * time.Minute

	// keyPeriod is how long one signing key signs. Keys are derived from the secret and
	// the number of the period, so that every replica has them and none is stored.
	keyPeriod = 90 * symbolon.Day
)

type tokenClaims struct {
	Issuer         string                  `json:"iss"`
	App            symbolon.AppID          `json:"aud"`
	User           symbolon.UserID         `json:"sub"`
	IssuedAt       int64                   `json:"iat"`
	Expires        int64                   `json:"exp"`
	Device         symbolon.DeviceID       `json:"device_id"`
	Confirmation   map[string]string       `json:"cnf"` // RFC 7800, with the jkt of RFC 9449
	Methods        []string                `json:"amr"` // RFC 8176
	Trusted        bool                    `json:"trusted"`
	Risk           int                     `json:"risk"`
	Recommendation symbolon.Recommendation `json:"recommendation"`
}

// deviceToken is the decision as a JWT, for apps that would rather verify offline.
func (r *Registry) deviceToken(d symbolon.Decision, now time.Time) (string, error) {
	methods := []string{"pop", "swk"}
	if d.Device.KeyStorage == symbolon.StorageAttested {
		methods[1] = "hwk"
	}
	signer, err := r.signer.at(now, r.secrets.current())
	if err != nil {
		return "", err
	}
	return jwt.Signed(signer).Claims(tokenClaims{
		Issuer: r.publicURL, App: d.Device.AppID, User: d.Device.UserID,
		IssuedAt: now.Unix(), Expires: now.Add(tokenTTL).Unix(),
		Device: d.Device.ID, Confirmation: map[string]string{"jkt": d.Device.Thumbprint}, Methods: methods,
		Risk: d.Risk.Score, Recommendation: d.Recommendation,
		Trusted: d.Recommendation == symbolon.RecommendTrust, // who reads this alone must not skip what risk asks for
	}).Serialize()
}

func signingKey(s secret, period int64) (ed25519.PrivateKey, string) {
	key := ed25519.NewKeyFromSeed(s.derive(fmt.Sprintf("device-token/%d", period)))
	jwk := jose.JSONWebKey{Key: key.Public()}
	thumbprint, err := jwk.Thumbprint(crypto.SHA256)
	if err != nil {
		panic(err) // only for a key of no known type
	}
	return key, base64.RawURLEncoding.EncodeToString(thumbprint)
}

func periodAt(now time.Time) int64 { return now.Unix() / int64(keyPeriod/time.Second) }

// tokenSigner remembers the last signer, since making one derives a key.
type tokenSigner struct {
	mu     sync.Mutex
	period int64
	signer jose.Signer
}

func (t *tokenSigner) at(now time.Time, s secret) (jose.Signer, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	period := periodAt(now)
	if t.signer != nil && t.period == period {
		return t.signer, nil
	}
	key, kid := signingKey(s, period)
	opts := (&jose.SignerOptions{}).WithType(tokenType).WithHeader("kid", kid)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.EdDSA, Key: key}, opts)
	if err == nil {
		t.period, t.signer = period, signer
	}
	return signer, err
}

// keySet remembers the last JWKS, since making one derives every key in it.
type keySet struct {
	mu     sync.Mutex
	period int64
	doc    json.RawMessage
	keys   map[string]ed25519.PublicKey // by kid
}

// at gives the set as a document and as keys by kid, neither of which may be changed.
func (k *keySet) at(now time.Time, all secrets) (json.RawMessage, map[string]ed25519.PublicKey) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if period := periodAt(now); k.doc == nil || k.period != period {
		k.period = period
		k.doc, k.keys = all.publicKeys(period)
	}
	return k.doc, k.keys
}

// JWKS is the set (RFC 7517 §5) of keys that verify device tokens: of the period before,
// the present and the next, under each secret.
func (r *Registry) JWKS(at time.Time) json.RawMessage {
	doc, _ := r.keySet.at(at, r.secrets)
	return slices.Clone(doc)
}

func (all secrets) publicKeys(period int64) (json.RawMessage, map[string]ed25519.PublicKey) {
	var set jose.JSONWebKeySet
	keys := map[string]ed25519.PublicKey{}
	for _, s := range all {
		for p := period - 1; p <= period+1; p++ {
			private, kid := signingKey(s, p)
			key := private.Public().(ed25519.PublicKey)
			keys[kid] = key
			set.Keys = append(set.Keys, jose.JSONWebKey{Key: key, KeyID: kid, Algorithm: string(jose.EdDSA), Use: "sig"})
		}
	}
	doc, err := json.Marshal(set)
	if err != nil {
		panic(err) // only for a key of no known type
	}
	return doc, keys
}

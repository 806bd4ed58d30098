package middleware

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"time"
)

// noncePeriod is how long proofs get the same nonce. The one before counts on, so that one
// lives for twice as long.
const noncePeriod = 3 * time.Minute

// nonces are those of proofs (RFC 9449 §9). They need no memory: each is a MAC of its time.
type nonces struct{ key []byte }

// at is the one that a proof made now must have.
func (n nonces) at(now time.Time) string { return n.of(now.Unix() / int64(noncePeriod/time.Second)) }

// isGood tells whether it is of this moment, or of the period before.
func (n nonces) isGood(nonce string, now time.Time) bool {
	return hmac.Equal([]byte(nonce), []byte(n.at(now))) || hmac.Equal([]byte(nonce), []byte(n.at(now.Add(-noncePeriod))))
}

func (n nonces) of(period int64) string {
	mac := hmac.New(sha256.New, n.key)
	mac.Write([]byte("symbolon dpop nonce\x00"))
	mac.Write(binary.BigEndian.AppendUint64(nil, uint64(period)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

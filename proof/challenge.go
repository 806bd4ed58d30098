package proof

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"
)

// A challenge is 57 bytes, 76 characters of base64url without a spare bit:
//
//	 0  version, 1
//	 1  expiry, microseconds since 1970 UTC, big-endian
//	 9  nonce
//	25  HMAC-SHA-256 of the bytes before, the purpose, a zero byte and the app
const (
	challengeVersion = 1
	expiryAt         = 1
	nonceAt          = 9
	macAt            = 25
	challengeSize    = macAt + sha256.Size
)

// Challenge is what the service reads in a challenge that it made.
type Challenge struct {
	App       string
	Purpose   Purpose
	ExpiresAt time.Time // UTC, to the microsecond
	Nonce     [16]byte
}

// NewChallenge makes a challenge for one app and purpose. It is made, not stored: nothing
// is written before a proof over it verifies. The key should be 32 random bytes that
// serve nothing else; expiresAt counts to the microsecond, not before 1970.
func NewChallenge(key []byte, app string, purpose Purpose, expiresAt time.Time) string {
	b := make([]byte, macAt, challengeSize)
	b[0] = challengeVersion
	binary.BigEndian.PutUint64(b[expiryAt:], uint64(expiresAt.UnixMicro()))
	rand.Read(b[nonceAt:macAt]) // never fails since Go 1.24
	return base64url.EncodeToString(appendMAC(b, key, b, app, purpose))
}

// OpenChallenge reads a challenge that [NewChallenge] made for this app and purpose with
// one of the keys: the current one first, then earlier ones. A challenge is good before
// its expiry, not at it. Whether it was spent is the caller's to know, by
// [Challenge.SpendKey]. Errors are ErrChallengeInvalid or ErrChallengeExpired.
func OpenChallenge(keys [][]byte, app string, purpose Purpose, now time.Time, challenge string) (Challenge, error) {
	b, err := decode(challenge)
	if err != nil || len(b) != challengeSize || b[0] != challengeVersion || !isOurs(b, keys, app, purpose) {
		return Challenge{}, fmt.Errorf("%w: it was not made here for this app and the purpose %s, or was changed",
			ErrChallengeInvalid, quote(string(purpose)))
	}
	c := Challenge{
		App:       app,
		Purpose:   purpose,
		ExpiresAt: time.UnixMicro(int64(binary.BigEndian.Uint64(b[expiryAt:]))).UTC(),
		Nonce:     [16]byte(b[nonceAt:macAt]),
	}
	if !now.Before(c.ExpiresAt) {
		return Challenge{}, fmt.Errorf("%w: it was good until %s", ErrChallengeExpired, c.ExpiresAt.Format(time.RFC3339))
	}
	return c, nil
}

// SpendKey returns the 24 bytes by which a challenge is known when it is spent: its
// expiry in microseconds, big-endian, then its nonce. Keys rise with time, so that an
// index on them appends and what has expired is one range.
func (c Challenge) SpendKey() []byte {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, macAt-expiryAt), uint64(c.ExpiresAt.UnixMicro()))
	return append(b, c.Nonce[:]...)
}

func isOurs(challenge []byte, keys [][]byte, app string, purpose Purpose) bool {
	var mac [sha256.Size]byte
	for _, key := range keys {
		if hmac.Equal(appendMAC(mac[:0], key, challenge[:macAt], app, purpose), challenge[macAt:]) {
			return true
		}
	}
	return false
}

// appendMAC binds the purpose and the app, which the challenge itself does not carry. A
// purpose has no zero byte, so that no two pairs give the same input.
func appendMAC(to, key, body []byte, app string, purpose Purpose) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(body)
	h.Write([]byte(purpose))
	h.Write([]byte{0})
	h.Write([]byte(app))
	return h.Sum(to)
}

package proof_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon/proof"
)

func TestChallengeOpensWithWhatItWasMadeFor(t *testing.T) {
	expiry := noon.Add(5*time.Minute + 1234*time.Nanosecond)
	for _, purpose := range proof.Purposes() {
		challenge := proof.NewChallenge(secret, "acme", purpose, expiry)
		c, err := proof.OpenChallenge([][]byte{secret}, "acme", purpose, noon, challenge)
		if err != nil {
			t.Fatal(err)
		}
		if c.App != "acme" || c.Purpose != purpose || !c.ExpiresAt.Equal(expiry.Truncate(time.Microsecond)) {
			t.Errorf("opened %+v", c)
		}
		if len(challenge) != 76 {
			t.Errorf("%d characters; clients were promised 76", len(challenge))
		}
	}
}

func TestChallengeIsRefusedElsewhere(t *testing.T) {
	challenge := proof.NewChallenge(secret, "acme", proof.PurposeProve, noon.Add(time.Minute))
	other := bytes.Repeat([]byte("k"), 32)
	for _, rule := range []struct {
		name    string
		keys    [][]byte
		app     string
		purpose proof.Purpose
		now     time.Time
		want    error
	}{
		{"in time", [][]byte{secret}, "acme", "prove", noon, nil},
		{"to the last microsecond", [][]byte{secret}, "acme", "prove", noon.Add(time.Minute - time.Microsecond), nil},
		{"not at its expiry", [][]byte{secret}, "acme", "prove", noon.Add(time.Minute), proof.ErrChallengeExpired},
		{"with an earlier secret", [][]byte{other, secret}, "acme", "prove", noon, nil},
		{"not with another secret", [][]byte{other}, "acme", "prove", noon, proof.ErrChallengeInvalid},
		{"not without a secret", nil, "acme", "prove", noon, proof.ErrChallengeInvalid},
		{"not for another app", [][]byte{secret}, "acme2", "prove", noon, proof.ErrChallengeInvalid},
		{"nor for none", [][]byte{secret}, "", "prove", noon, proof.ErrChallengeInvalid},
		{"not for another purpose", [][]byte{secret}, "acme", "register", noon, proof.ErrChallengeInvalid},
		{"nor where the two run together", [][]byte{secret}, "eacme", "prov", noon, proof.ErrChallengeInvalid},
		{"foreign stays foreign when late", [][]byte{other}, "acme", "prove", noon.Add(time.Hour), proof.ErrChallengeInvalid},
	} {
		t.Run(rule.name, func(t *testing.T) {
			_, err := proof.OpenChallenge(rule.keys, rule.app, rule.purpose, rule.now, challenge)
			wantError(t, err, rule.want)
		})
	}
}

func TestChallengeWithAnyBitFlippedIsRefused(t *testing.T) {
	challenge := proof.NewChallenge(secret, "acme", proof.PurposeProve, noon.Add(time.Minute))
	refused := func(changed string) {
		t.Helper()
		_, err := proof.OpenChallenge([][]byte{secret}, "acme", proof.PurposeProve, noon, changed)
		wantError(t, err, proof.ErrChallengeInvalid)
	}
	for bit := range 8 * len(challenge) {
		text := []byte(challenge)
		text[bit/8] ^= 1 << (bit % 8)
		refused(string(text))
	}
	for bit := range 8 * len(raw(challenge)) {
		inner := []byte(raw(challenge))
		inner[bit/8] ^= 1 << (bit % 8)
		refused(encode(string(inner)))
	}
}

func TestChallengeHasOneSpelling(t *testing.T) {
	challenge := proof.NewChallenge(secret, "acme", proof.PurposeProve, noon.Add(time.Minute))
	for name, changed := range map[string]string{
		"nothing":       "",
		"cut short":     challenge[:75],
		"extended":      challenge + "A",
		"a line end":    challenge + "\n",
		"a line within": challenge[:40] + "\r\n" + challenge[40:],
		"padding":       challenge + "=",
		"huge":          strings.Repeat("A", 1<<16),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := proof.OpenChallenge([][]byte{secret}, "acme", proof.PurposeProve, noon, changed)
			wantError(t, err, proof.ErrChallengeInvalid)
			wantError(t, err, proof.ErrInvalid)
		})
	}
}

func TestChallengesAreNeverTheSame(t *testing.T) {
	seen := map[string]bool{}
	for range 1000 {
		challenge := proof.NewChallenge(secret, "acme", proof.PurposeProve, noon)
		if seen[challenge] {
			t.Fatal("two challenges are the same")
		}
		seen[challenge] = true
	}
}

func TestSpendKeysRiseWithTime(t *testing.T) {
	var keys [][]byte
	for i := range 100 {
		expiry := noon.Add(time.Duration(i) * 77 * time.Second)
		challenge := proof.NewChallenge(secret, "acme", proof.PurposeProve, expiry)
		c, err := proof.OpenChallenge([][]byte{secret}, "acme", proof.PurposeProve, noon.Add(-time.Hour), challenge)
		if err != nil {
			t.Fatal(err)
		}
		if key := c.SpendKey(); len(key) != 24 || !bytes.Equal(key[8:], c.Nonce[:]) {
			t.Errorf("spend key is %x; want 8 bytes of time and the nonce %x", key, c.Nonce)
		}
		keys = append(keys, c.SpendKey())
	}
	if !slices.IsSortedFunc(keys, bytes.Compare) {
		t.Error("keys of later challenges must sort after earlier ones")
	}
}

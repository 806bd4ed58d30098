package registry

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"errors"

	"github.com/symbolon-id/symbolon"
)

// MinSecret is the least number of bytes that a secret may have.
const MinSecret = 32

// secret is one service secret and the keys derived from it by HKDF (RFC 5869), each
// for one use.
type secret struct {
	raw        []byte
	challenge  []byte
	ticket     []byte
	tombstone  []byte
	decision   []byte
	checkpoint []byte
	local      []byte
	setup      []byte
	familiar   []byte
	passkey    []byte
	pass       []byte
	session    []byte
	sealer     cipher.AEAD // of what has to be read again
}

// secrets are the current one first, then earlier ones: what they made stays readable.
type secrets []secret

func newSecrets(raw [][]byte) (secrets, error) {
	if len(raw) == 0 {
		return nil, errors.New("registry: a secret is needed")
	}
	var out secrets
	for _, b := range raw {
		if len(b) < MinSecret {
			return nil, errors.New("registry: a secret must have at least 32 bytes")
		}
		s := secret{raw: b}
		s.challenge, s.ticket = s.derive("challenge"), s.derive("ticket")
		s.tombstone, s.decision, s.checkpoint = s.derive("tombstone"), s.derive("decision"), s.derive("checkpoint")
		s.local, s.setup, s.familiar = s.derive("local"), s.derive("setup"), s.derive("familiar")
		s.pass, s.session, s.passkey = s.derive("pass"), s.derive("session"), s.derive("passkey")
		s.sealer = newSealer(s.derive("seal"))
		out = append(out, s)
	}
	return out, nil
}

func (s secret) derive(use string) []byte {
	key, err := hkdf.Key(sha256.New, s.raw, nil, "symbolon/v1/"+use, 32)
	if err != nil {
		panic(err) // only for lengths that HKDF can't give
	}
	return key
}

func (s secrets) current() secret { return s[0] }

func (s secrets) challengeKeys() [][]byte {
	keys := make([][]byte, len(s))
	for i := range s {
		keys[i] = s[i].challenge
	}
	return keys
}

// pepper is the app's own key for fingerprints and manufacturer ids, so that two apps
// can't tell that they see the same hardware.
func (s secret) pepper(use string, app symbolon.AppID) []byte {
	return s.derive(use + "/" + string(app))
}

// tag is HMAC-SHA-256 over the parts.
func tag(key []byte, parts ...string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(framed(parts...))
	return h.Sum(nil)
}

// framed is the parts, each with its length before it, so that no two lists read alike.
func framed(parts ...string) []byte {
	size := 0
	for _, p := range parts {
		size += 4 + len(p)
	}
	b := make([]byte, 0, size)
	for _, p := range parts {
		b = binary.BigEndian.AppendUint32(b, uint32(len(p)))
		b = append(b, p...)
	}
	return b
}

// signCheckpoint and checkpointSigned keep the audit log's pruned prefix honest.
func (r *Registry) signCheckpoint(c symbolon.Checkpoint) []byte {
	return tag(r.secrets.current().checkpoint, string(c.Message()))
}

func (r *Registry) checkpointSigned(c symbolon.Checkpoint) bool {
	for _, s := range r.secrets {
		if hmac.Equal(tag(s.checkpoint, string(c.Message())), c.Signature) {
			return true
		}
	}
	return false
}

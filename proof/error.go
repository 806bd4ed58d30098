package proof

import "errors"

// What can be wrong. Errors of this package wrap one of these and say in words what was
// found and what is allowed; the words never hold a key, a challenge or a user.
var (
	// ErrNotJWS: not a compact JWS at all, or too long to be read as one.
	ErrNotJWS = errors.New("not a compact JWS")
	// ErrInvalid: a JWS that breaks a rule of the protocol. The errors below are
	// ErrInvalid too, for errors.Is.
	ErrInvalid = errors.New("proof invalid")
	// ErrAlgorithm: an algorithm outside [Algorithms].
	ErrAlgorithm error = kind("algorithm not allowed")
	// ErrKey: a JWK that is not a public key this package accepts.
	ErrKey error = kind("key not allowed")
	// ErrMismatch: a sound proof, but for another app, purpose, user or action.
	ErrMismatch error = kind("proof is for something else")
	// ErrSignature: the signature is not by this key with its algorithm.
	ErrSignature error = kind("signature does not verify")
	// ErrTime: a proof for one request ([DPoP]) that was made too long before it, or after.
	ErrTime error = kind("proof is of another time")
	// ErrChallengeInvalid: a challenge that was not made with these keys for this app
	// and purpose.
	ErrChallengeInvalid error = kind("challenge invalid")
	// ErrChallengeExpired: a challenge of ours, but too old. It is not ErrInvalid: an
	// honest client tries again with a fresh one.
	ErrChallengeExpired = errors.New("challenge expired")
)

// kind is one of the ways in which a proof is invalid.
type kind string

func (k kind) Error() string { return string(k) }

// Is makes every kind an ErrInvalid.
func (k kind) Is(target error) bool { return target == ErrInvalid }

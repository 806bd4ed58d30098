package symbolon

import (
	"errors"
	"fmt"
	"time"
)

// Code is the stable name of a kind of failure. It is an error itself, so that
// errors.Is(err, ErrConflict) holds for every [Error] of that code.
type Code string

// The codes that an API answer can carry. Their HTTP status is the server's business.
const (
	ErrInvalidRequest       Code = "invalid_request"
	ErrUnauthenticated      Code = "unauthenticated"
	ErrReauthenticate       Code = "reauthentication_required"
	ErrForbidden            Code = "forbidden"
	ErrDeviceRequired       Code = "device_required"
	ErrDeviceBlocked        Code = "device_blocked"
	ErrNotFound             Code = "not_found"
	ErrDeviceUnknown        Code = "device_unknown"
	ErrConflict             Code = "conflict"
	ErrDeviceLimitReached   Code = "device_limit_reached"
	ErrPreconditionFailed   Code = "precondition_failed"
	ErrTooLarge             Code = "too_large"
	ErrAlgorithmNotAllowed  Code = "algorithm_not_allowed"
	ErrProofInvalid         Code = "proof_invalid"
	ErrChallengeExpired     Code = "challenge_expired"
	ErrChallengeReplayed    Code = "challenge_replayed"
	ErrIdempotencyKeyReused Code = "idempotency_key_reused"
	ErrRateLimited          Code = "rate_limited"
	ErrInternal             Code = "internal"
	ErrUnavailable          Code = "unavailable"
)

// ErrStale says that a record is no longer at the version that was read. The caller
// reads again and decides anew; it never reaches a client.
var ErrStale = errors.New("symbolon: the record changed since it was read")

func (c Code) Error() string { return string(c) }

// Error is a failure with a message that its caller may read. Anything that is not an
// *Error is an inner fault: its text is logged and never answered.
type Error struct {
	Code    Code
	Message string // in words, naming the field and what is allowed
	Field   string // the field at fault, as the request spells it, or ""

	Choices    []Device      // with [ErrDeviceLimitReached]: devices of which one may be replaced
	RetryAfter time.Duration // with [ErrUnavailable]: how long it lasts at least, or 0 where nobody knows
}

func (e *Error) Error() string {
	if e.Message == "" {
		return string(e.Code)
	}
	return e.Message
}

// Unwrap gives the code, so that errors.Is works against it.
func (e *Error) Unwrap() error { return e.Code }

// Errorf makes an [Error] of the given code.
func Errorf(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Message: fmt.Sprintf(format, args...)}
}

// InvalidField makes the [Error] for a field that breaks its rule; the message begins
// with the field's name.
func InvalidField(field, format string, args ...any) *Error {
	return &Error{Code: ErrInvalidRequest, Field: field, Message: field + " " + fmt.Sprintf(format, args...)}
}

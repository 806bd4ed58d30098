package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/symbolon-id/symbolon"
)

// kind is how a code shows over HTTP.
type kind struct {
	code   symbolon.Code
	status int
	title  string
}

// kinds is the one table from codes to statuses.
var kinds = []kind{
	{symbolon.ErrInvalidRequest, http.StatusBadRequest, "The request breaks a rule of the API"},
	{symbolon.ErrUnauthenticated, http.StatusUnauthorized, "The caller is not known"},
	{symbolon.ErrReauthenticate, http.StatusUnauthorized, "The admin has to show again who they are"},
	{symbolon.ErrForbidden, http.StatusForbidden, "The caller may not do this"},
	{symbolon.ErrDeviceRequired, http.StatusForbidden, "The admin's session has to show a device first"},
	{symbolon.ErrDeviceBlocked, http.StatusForbidden, "The device is blocked"},
	{symbolon.ErrNotFound, http.StatusNotFound, "There is no such thing"},
	{symbolon.ErrDeviceUnknown, http.StatusNotFound, "There is no such device"},
	{symbolon.ErrConflict, http.StatusConflict, "The present state does not allow this"},
	{symbolon.ErrDeviceLimitReached, http.StatusConflict, "The user has as many devices as the policy allows"},
	{symbolon.ErrPreconditionFailed, http.StatusPreconditionFailed, "It changed since it was read"},
	{symbolon.ErrTooLarge, http.StatusRequestEntityTooLarge, "The request is too large"},
	{symbolon.ErrAlgorithmNotAllowed, http.StatusUnprocessableEntity, "The policy does not allow this algorithm"},
	{symbolon.ErrProofInvalid, http.StatusUnprocessableEntity, "The proof does not hold"},
	{symbolon.ErrChallengeExpired, http.StatusUnprocessableEntity, "The challenge has expired"},
	{symbolon.ErrChallengeReplayed, http.StatusUnprocessableEntity, "The challenge was used before"},
	{symbolon.ErrIdempotencyKeyReused, http.StatusUnprocessableEntity, "The idempotency key belongs to another request"},
	{symbolon.ErrRateLimited, http.StatusTooManyRequests, "Too many requests"},
	{symbolon.ErrInternal, http.StatusInternalServerError, "The service failed"},
	{symbolon.ErrUnavailable, http.StatusServiceUnavailable, "The service can't decide now"},
}

// passes tells whether the same request may succeed later.
func (k kind) passes() bool {
	return k.status == http.StatusTooManyRequests || k.status == http.StatusServiceUnavailable
}

// statusClientGone is what the log and the metrics say of a request whose client left.
const statusClientGone = 499

func kindOf(code symbolon.Code) kind {
	for _, k := range kinds {
		if k.code == code {
			return k
		}
	}
	return kindOf(symbolon.ErrInternal)
}

// Problem is an error as it is answered: RFC 9457, with a stable code.
type Problem struct {
	Type      string            `json:"type" doc:"The code as a URI reference; it leads to its description" example:"/problems/device_blocked"`
	Title     string            `json:"title" doc:"What the code means" example:"The device is blocked"`
	Status    int               `json:"status" doc:"The HTTP status" example:"403"`
	Detail    string            `json:"detail" doc:"What happened here, in words" example:"the device is blocked"`
	Code      symbolon.Code     `json:"code" doc:"Stable; programs decide by it" example:"device_blocked"`
	Field     string            `json:"field,omitempty" doc:"The field at fault, as the request spells it"`
	Errors    []FieldProblem    `json:"errors,omitempty" doc:"Every field at fault, where there are several"`
	Choices   []symbolon.Device `json:"choices,omitempty" doc:"With device_limit_reached: the devices of which some can be named in replace to make room"`
	RequestID string            `json:"requestId,omitempty" doc:"Names the request in the service's log, where the service is at fault"`

	retryAfter time.Duration
	challenge  string // WWW-Authenticate of a 401; "" for the usual one
}

// FieldProblem says what is wrong with one field.
type FieldProblem struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

func (p *Problem) Error() string { return p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError.
func (p *Problem) GetHeaders() http.Header {
	h := http.Header{}
	if p.retryAfter > 0 {
		seconds := int64((p.retryAfter + time.Second - 1) / time.Second)
		h.Set("Retry-After", strconv.FormatInt(seconds, 10))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", or(p.challenge, `Bearer realm="symbolon"`))
	}
	return h
}

func newProblem(code symbolon.Code, detail string) *Problem {
	k := kindOf(code)
	return &Problem{Type: "/problems/" + string(k.code), Title: k.title, Status: k.status, Detail: or(detail, k.title), Code: k.code}
}

// retryLater is an error that passes by itself after a while.
type retryLater struct {
	cause *symbolon.Error
	after time.Duration
}

func (e retryLater) Error() string { return e.cause.Error() }
func (e retryLater) Unwrap() error { return e.cause }

// problemOf is what a caller may know of an error. What has no code of ours is internal,
// and nothing of its text is answered.
func problemOf(err error) *Problem {
	var code symbolon.Code
	var own *symbolon.Error
	var later retryLater
	var problem *Problem
	if errors.As(err, &problem) {
		return problem
	}
	switch {
	case errors.As(err, &own):
		code = own.Code
	case errors.As(err, &code):
	case errors.Is(err, context.DeadlineExceeded):
		code = symbolon.ErrUnavailable
	default:
		code = symbolon.ErrInternal
	}
	p := newProblem(code, "")
	if own != nil && p.Code == own.Code && p.Code != symbolon.ErrInternal {
		p.Detail, p.Field, p.Choices = or(own.Message, p.Detail), own.Field, own.Choices
	}
	if p.Code == symbolon.ErrUnavailable {
		p.retryAfter = time.Second
		if own != nil {
			p.retryAfter = max(p.retryAfter, own.RetryAfter)
		}
	}
	if errors.As(err, &later) {
		p.retryAfter = later.after
	}
	return p
}

// fail turns a handler's error into what is answered, and keeps what is only logged.
func fail(ctx context.Context, err error) error {
	x := exchangeOf(ctx)
	if errors.Is(err, context.Canceled) && x.clientGone() {
		return &Problem{Status: statusClientGone}
	}
	p := problemOf(err)
	if p.Status >= http.StatusInternalServerError {
		x.fault = err
	}
	if p.Code == symbolon.ErrInternal {
		p.RequestID = x.id
	}
	if x.proxied {
		return forProxy(p)
	}
	return p
}

// forProxy makes overload and faults one: nobody could tell, and the same request may
// succeed later.
func forProxy(p *Problem) *Problem {
	if p.Status != http.StatusTooManyRequests && p.Status < http.StatusInternalServerError {
		return p
	}
	other := newProblem(symbolon.ErrUnavailable, "")
	other.retryAfter, other.RequestID = max(p.retryAfter, time.Second), p.RequestID
	return other
}

// refuse answers a request that does not reach its handler.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	var p *Problem
	errors.As(fail(r.Context(), err), &p)
	for name, values := range p.GetHeaders() {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	json.NewEncoder(w).Encode(p) //nolint:errcheck // a client that left has no use for it
}

// huma knows its errors by these variables alone, for the whole process. Ours say what is
// allowed, and never give a value back.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		switch {
		case status == 0: // huma asks for the type
			return &Problem{}
		case status == http.StatusRequestEntityTooLarge:
			return newProblem(symbolon.ErrTooLarge, "")
		case status >= http.StatusInternalServerError:
			return newProblem(symbolon.ErrInternal, "")
		}
		return invalidRequest(msg, errs)
	}
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
	validation.MsgUnexpectedProperty = "is not a field of this request"
	validation.MsgExpectedRequiredProperty = missing + "%s"
	validation.MsgExpectedRFC3339DateTime = "must be a time by RFC 3339, such as 2026-01-31T12:00:00Z"
	validation.MsgExpectedBoolean = "must be true or false"
	validation.MsgExpectedNumber = "must be a number"
	validation.MsgExpectedInteger = "must be a whole number"
	validation.MsgExpectedString = "must be a string"
	validation.MsgExpectedArray = "must be an array"
	validation.MsgExpectedObject = "must be an object"
	validation.MsgExpectedOneOf = "must be one of %s"
	validation.MsgExpectedMinimumNumber = "must be at least %v"
	validation.MsgExpectedMaximumNumber = "must be at most %v"
	validation.MsgExpectedMinLength = "must have at least %d characters"
	validation.MsgExpectedMaxLength = "must have at most %d characters"
	validation.MsgExpectedMinItems = "must have at least %d entries"
	validation.MsgExpectedMaxItems = "must have at most %d entries"
	validation.MsgExpectedBePattern = "must be %s"
}

// missing begins huma's message about a member that is not there, before its name.
const missing = "lacks "

const maxFieldProblems = 20

func invalidRequest(msg string, errs []error) *Problem {
	p := newProblem(symbolon.ErrInvalidRequest, msg)
	for _, err := range errs {
		if f, ok := fieldProblem(err); ok && len(p.Errors) < maxFieldProblems {
			p.Errors = append(p.Errors, f)
		}
	}
	if len(p.Errors) > 0 {
		p.Field, p.Detail = p.Errors[0].Field, p.Errors[0].Detail
	}
	if len(p.Errors) == 1 {
		p.Errors = nil
	}
	return p
}

func fieldProblem(err error) (FieldProblem, bool) {
	var detailer huma.ErrorDetailer
	if !errors.As(err, &detailer) {
		return FieldProblem{}, false
	}
	d := detailer.ErrorDetail()
	_, field, _ := strings.Cut(d.Location, ".")
	if name, ok := strings.CutPrefix(d.Message, missing); ok {
		field = strings.TrimPrefix(field+"."+name, ".")
		return FieldProblem{Field: field, Detail: field + " must be given"}, true
	}
	if field == "" && d.Location == "body" && !strings.HasPrefix(d.Message, "must ") {
		return FieldProblem{Detail: d.Message}, true
	}
	field = shorten(field)
	if d.Message == "unknown query parameter" { // the library's words, which it has no variable for
		return FieldProblem{Field: field, Detail: field + " is not a parameter of this request"}, true
	}
	return FieldProblem{Field: field, Detail: or(field, "the body") + " " + d.Message}, true
}

// shorten keeps a name that a caller made up from filling the answer.
func shorten(name string) string {
	const most = 100
	if len(name) <= most {
		return name
	}
	return strings.ToValidUTF8(name[:most], "") + "…"
}

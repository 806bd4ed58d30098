package server

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"github.com/symbolon-id/symbolon"
)

// op is a line of the contents page.
type op struct {
	id      string
	route   string // method and path
	callers callers
	summary string
}

// route is what stands behind a line.
type route struct {
	op
	method, path string
	ids          []string // in the path
	repeatable   bool     // takes an Idempotency-Key
	erases       bool     // what is kept of it must not name its user
	mayCreate    bool     // answers 201 as well as 200
	takesBody    bool
	mergePatch   bool
	takesForm    bool // as well as JSON
	atCheck      bool // for the page of /device-check alone, and not in the API's description
	atAccount    bool // for the page of /account/{app} alone, likewise
	status       int  // 0 for 200, or 204 where there is no body
	maxBody      int64
	fails        []symbolon.Code
	handler      http.HandlerFunc
}

type option func(*route)

// fails names the codes with which an operation may fail beside the common ones.
func fails(codes ...symbolon.Code) option {
	return func(rt *route) { rt.fails = append(rt.fails, codes...) }
}

// notRepeatable is for answers that must be fresh or hold a secret: none is kept.
func notRepeatable(rt *route) { rt.repeatable = false }

func created(rt *route) { rt.status = http.StatusCreated }

func mayCreate(rt *route) { rt.mayCreate = true }

func patches(rt *route) { rt.mergePatch = true }

func erases(rt *route) { rt.erases = true }

func takesForm(rt *route) { rt.takesForm = true }

func atCheck(rt *route) { rt.atCheck = true }

func atAccount(rt *route) { rt.atAccount = true }

func maxBody(bytes int64) option { return func(rt *route) { rt.maxBody = bytes } }

// answer is a JSON body.
type answer[T any] struct{ Body T }

// add adds an operation that answers with a JSON body.
func add[I, O any](s *Server, o op, handle func(context.Context, symbolon.Caller, *I) (O, error), options ...option) {
	addWhole(s, o, func(ctx context.Context, c symbolon.Caller, in *I) (*answer[O], error) {
		body, err := handle(ctx, c, in)
		return &answer[O]{body}, err
	}, options...)
}

// addEmpty adds an operation that answers 204.
func addEmpty[I any](s *Server, o op, handle func(context.Context, symbolon.Caller, *I) error, options ...option) {
	addWhole(s, o, func(ctx context.Context, c symbolon.Caller, in *I) (*struct{}, error) {
		return nil, handle(ctx, c, in)
	}, options...)
}

// addWhole adds an operation that says its status or headers itself.
func addWhole[I, O any](s *Server, o op, handle func(context.Context, symbolon.Caller, *I) (*O, error), options ...option) {
	rt := s.newRoute(o, options)
	huma.Register(s.api, s.describe(rt), func(ctx context.Context, in *I) (*O, error) {
		out, err := handle(ctx, callerOf(ctx), in)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return out, nil
	})
}

var pathID = regexp.MustCompile(`\{(\w+)\}`)

func (s *Server) newRoute(o op, options []option) *route {
	rt := &route{op: o, maxBody: s.limits.Body}
	rt.method, rt.path, _ = strings.Cut(o.route, " ")
	for _, found := range pathID.FindAllStringSubmatch(rt.path, -1) {
		rt.ids = append(rt.ids, found[1])
	}
	rt.repeatable = rt.method != http.MethodGet
	for _, option := range options {
		option(rt)
	}
	if rt.atAccount { // the same operation by another way
		rt.id += "AtAccount"
	}
	return rt
}

const routeKey = "route"

// adapter hangs what every operation shares in front of huma's handler.
type adapter struct{ s *Server }

func (a adapter) Handle(o *huma.Operation, handle func(huma.Context)) {
	rt := o.Metadata[routeKey].(*route)
	rt.takesBody = o.RequestBody != nil
	if rt.takesForm {
		o.RequestBody.Content[formType] = o.RequestBody.Content[jsonType]
	}
	rt.handler = func(w http.ResponseWriter, r *http.Request) { handle(humago.NewContext(o, r, w)) }
	if rt.forPages() {
		a.s.openToPages(rt)
	}
	a.s.mux.HandleFunc(rt.route, func(w http.ResponseWriter, r *http.Request) {
		if err := a.s.serve(rt, w, r); err != nil {
			a.s.refuse(w, r, err)
		}
	})
}

// ServeHTTP implements huma.Adapter.
func (a adapter) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.s.ServeHTTP(w, r) }

// serve is the way of every request to its handler.
func (s *Server) serve(rt *route, w http.ResponseWriter, r *http.Request) error {
	rt.showSlashes(r)
	if err := s.admit(rt, w, r); err != nil {
		return err
	}
	body, err := s.readBody(rt, w, r)
	if err != nil {
		return err
	}
	return s.answerOnce(rt, w, r, body)
}

// describe is the operation for the API's description.
func (s *Server) describe(rt *route) huma.Operation {
	o := huma.Operation{
		OperationID: rt.id, Method: rt.method, Path: rt.path, Summary: rt.summary,
		Tags: []string{s.tag}, Security: rt.callers.security(), DefaultStatus: rt.status,
		Description: rt.callers.describe(), Responses: s.failureResponses(rt),
		MaxBodyBytes: rt.maxBody + 1, BodyReadTimeout: s.limits.ReadTimeout,
		Metadata: map[string]any{routeKey: rt}, Hidden: rt.atCheck || rt.atAccount,
	}
	if rt.repeatable && rt.callers != clients {
		o.Parameters = append(o.Parameters, idempotencyParam())
	}
	return o
}

// codes are those with which the operation may fail.
func (rt *route) codes() []symbolon.Code {
	codes := []symbolon.Code{
		symbolon.ErrInvalidRequest, symbolon.ErrForbidden, symbolon.ErrNotFound,
		symbolon.ErrRateLimited, symbolon.ErrInternal, symbolon.ErrUnavailable,
	}
	if rt.callers != clients {
		codes = append(codes, symbolon.ErrUnauthenticated)
	}
	if rt.method != http.MethodGet {
		codes = append(codes, symbolon.ErrTooLarge)
	}
	if rt.repeatable {
		codes = append(codes, symbolon.ErrIdempotencyKeyReused, symbolon.ErrConflict)
	}
	return append(codes, rt.fails...)
}

// failureResponses documents the errors, one answer for each status.
func (s *Server) failureResponses(rt *route) map[string]*huma.Response {
	codes := rt.codes()
	schema := s.problemSchema()
	responses := map[string]*huma.Response{}
	for _, k := range kinds { // in the table's order, so that the description never changes by itself
		if !contains(codes, k.code) {
			continue
		}
		status := strconv.Itoa(k.status)
		if responses[status] == nil {
			responses[status] = &huma.Response{Content: map[string]*huma.MediaType{
				"application/problem+json": {Schema: schema},
			}}
		} else {
			responses[status].Description += ", "
		}
		responses[status].Description += "`" + string(k.code) + "`"
		if k.passes() {
			responses[status].Headers = map[string]*huma.Param{"Retry-After": {
				Description: "Seconds to wait", Schema: &huma.Schema{Type: huma.TypeInteger},
			}}
		}
	}
	return responses
}

package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/symbolon-id/symbolon"
)

const eventStream = "text/event-stream"

// How long a simulation may go on that is watched, and may wait for its client.
const (
	watchedFor    = 5 * time.Minute
	watchedWaits  = 10 * time.Second
	simulateAgain = 5 * time.Second
)

type simulationRequest struct {
	Policy policyDocument `json:"policy" doc:"The proposed policy, as PUT takes it"`
	Days   int            `json:"days" minimum:"1" maximum:"90" doc:"How far back it goes"`
}

type simulateInput struct {
	App  symbolon.AppID `path:"app" doc:"The app's id"`
	Body simulationRequest
}

// How many simulations go on at once: each reads much, and decisions come first.
const mostSimulations = 4

// simulations are the apps of which one goes on.
type simulations struct {
	mu   sync.Mutex
	apps map[symbolon.AppID]bool
}

// begin takes the app's place, if it is free and there is one for it.
func (s *simulations) begin(app symbolon.AppID) (end func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.apps[app] {
		return nil, retryLater{symbolon.Errorf(symbolon.ErrRateLimited, "another simulation of this app goes on; one at a time is made"), simulateAgain}
	}
	if len(s.apps) >= mostSimulations {
		return nil, retryLater{symbolon.Errorf(symbolon.ErrRateLimited, "simulations of other apps go on; %d at a time are made", mostSimulations), simulateAgain}
	}
	if s.apps == nil {
		s.apps = map[symbolon.AppID]bool{}
	}
	s.apps[app] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.apps, app)
	}, nil
}

// simulatePolicy answers with the result; or with a stream (the HTML standard, §9.2) of
// progress events and, at the end, one event with the result or a problem.
func (s *Server) simulatePolicy(ctx context.Context, c symbolon.Caller, in *simulateInput) (*huma.StreamResponse, error) {
	end, err := s.simulating.begin(in.App)
	if err != nil {
		return nil, err
	}
	req := symbolon.SimulationRequest{Policy: json.RawMessage(in.Body.Policy), Days: in.Body.Days}
	if !wantsStream(exchangeOf(ctx).request) {
		defer end()
		out, err := s.registry.SimulatePolicy(ctx, c, in.App, req, nil)
		if err != nil {
			return nil, err
		}
		return &huma.StreamResponse{Body: func(h huma.Context) {
			h.SetHeader("Content-Type", jsonType)
			json.NewEncoder(h.BodyWriter()).Encode(out) //nolint:errcheck // a client that left has no use for it
		}}, nil
	}
	watched := &stream{s: s, x: exchangeOf(ctx)}
	return &huma.StreamResponse{Body: func(h huma.Context) {
		defer end()
		watched.to(h)
		run, cancel := context.WithTimeout(watched.x.client, watchedFor)
		defer cancel()
		out, err := s.registry.SimulatePolicy(run, c, in.App, req, func(p symbolon.SimulationProgress) error {
			return watched.send("progress", p)
		})
		watched.finish(run, out, err)
	}}, nil
}

// wantsStream tells whether the client names the stream as what it accepts, and no less
// than JSON (RFC 9110, §12.5.1).
func wantsStream(r *http.Request) bool {
	quality := map[string]float64{}
	for element := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		kind, params, err := mime.ParseMediaType(element)
		if err != nil {
			continue
		}
		q := 1.0
		if said, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(said, 64); err != nil {
				continue
			}
		}
		quality[kind] = q
	}
	return quality[eventStream] > 0 && quality[eventStream] >= quality[jsonType]
}

// stream is an answer that is sent in parts while its request is worked on. It begins with
// its first part, so that what fails before is answered as anything else.
type stream struct {
	s     *Server
	x     *exchange
	w     http.ResponseWriter
	begun bool
}

var errEnding = retryLater{symbolon.Errorf(symbolon.ErrUnavailable, "the service ends; try again"), time.Second}

// to gives the stream its connection. The request was read whole: the time that reading one
// may take is over, and must not end its answer.
func (st *stream) to(h huma.Context) {
	st.w = h.BodyWriter().(http.ResponseWriter)
	http.NewResponseController(st.w).SetReadDeadline(time.Time{}) //nolint:errcheck // a connection without deadlines has none to lift
}

// send sends one event at once. It fails where the client is gone, or the server ends.
func (st *stream) send(event string, data any) error {
	select {
	case <-st.s.ending:
		if event == "progress" {
			return errEnding
		}
	default:
	}
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if !st.begun {
		st.begun = true
		st.w.Header().Set("Content-Type", eventStream)
		st.w.WriteHeader(http.StatusOK)
	}
	var part bytes.Buffer
	part.WriteString("event: " + event + "\ndata: ")
	part.Write(text)
	part.WriteString("\n\n")
	control := http.NewResponseController(st.w)
	if err := control.SetWriteDeadline(time.Now().Add(watchedWaits)); err != nil && !errors.Is(err, http.ErrNotSupported) {
		return err
	}
	if _, err := st.w.Write(part.Bytes()); err != nil {
		return context.Canceled // the client is gone
	}
	return control.Flush()
}

// finish sends what came of it.
func (st *stream) finish(run context.Context, out symbolon.Simulation, err error) {
	if err == nil {
		st.send("result", out) //nolint:errcheck // a client that left has no use for it
		return
	}
	if errors.Is(run.Err(), context.DeadlineExceeded) {
		err = symbolon.Errorf(symbolon.ErrUnavailable, "the simulation took longer than %s", watchedFor)
	}
	var p *Problem
	errors.As(fail(st.x.request.Context(), err), &p)
	if !st.begun {
		st.s.refuse(st.w, st.x.request, p)
		return
	}
	st.send("problem", p) //nolint:errcheck // a client that left has no use for it
}

// describeSimulation says which two forms of the answer there are.
func (s *Server) describeSimulation() {
	schemas := s.api.OpenAPI().Components.Schemas
	o := s.api.OpenAPI().Paths["/v1/apps/{app}/policy/simulate"].Post
	o.Description += " With `Accept: text/event-stream` it tells of its progress, and goes on for up to five minutes instead of ten seconds."
	progress := schemas.Schema(reflect.TypeFor[symbolon.SimulationProgress](), true, "")
	o.Responses["200"] = &huma.Response{Description: "OK", Content: map[string]*huma.MediaType{
		jsonType: {Schema: schemas.Schema(reflect.TypeFor[symbolon.Simulation](), true, "")},
		eventStream: {Schema: &huma.Schema{
			Type:        huma.TypeString,
			Description: "Events progress (" + progress.Ref + "), then one event result (as in JSON) or problem",
		}},
	}}
}

package symbolontest

import (
	"bytes"
	"cmp"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// FaultKind is what goes wrong with a request.
type FaultKind string

// The faults. The first six spoil the exchange; the others change a device, or its key,
// just before the service hears the request, which is then served as usual.
const (
	FaultDrop        FaultKind = "drop"         // the connection ends; the service hears nothing
	FaultLoseAnswer  FaultKind = "lose_answer"  // the service has done its work; the connection ends without an answer
	FaultStall       FaultKind = "stall"        // nothing happens until the client leaves
	FaultStallAnswer FaultKind = "stall_answer" // the service has done its work; nothing comes back until the client leaves
	FaultRateLimit   FaultKind = "rate_limit"   // 429 with Retry-After
	FaultUnavailable FaultKind = "unavailable"  // 503 with Retry-After
	FaultBlock       FaultKind = "block"        // the device is blocked
	FaultRemove      FaultKind = "remove"       // the device is removed, so that its key is unknown
	FaultAge         FaultKind = "age"          // the device's key gets older
)

// Fault is one line of the script.
type Fault struct {
	On         string            `json:"on"`                   // which requests, as a pattern of [http.ServeMux]: "PUT /v1/apps/{app}/devices/{device}/key"
	Do         FaultKind         `json:"do"`                   // what goes wrong with them
	Times      int               `json:"times,omitempty"`      // how many of them; 0 for one
	RetryAfter string            `json:"retryAfter,omitempty"` // the header of rate_limit and unavailable; "" for none
	App        symbolon.AppID    `json:"app,omitempty"`        // whose device, for block, remove and age
	Device     symbolon.DeviceID `json:"device,omitempty"`     // the device, for block, remove and age
	By         symbolon.Duration `json:"by,omitempty"`         // how much older the key gets
}

// Exchange is a request that arrived, and what became of it.
type Exchange struct {
	At     int64           `json:"at"` // milliseconds since the service began
	Method string          `json:"method"`
	Path   string          `json:"path"`
	Proof  string          `json:"proof,omitempty"` // of the header Symbolon-Proof
	Body   json.RawMessage `json:"body,omitempty"`
	Fault  FaultKind       `json:"fault,omitempty"`
	Status int             `json:"status,omitempty"` // of the answer that the service made; 0 where it made none
}

// FaultPath is where the script is written: POST a [Fault], GET the exchanges so far, or
// DELETE both. GET with ?on=PATTERN answers once such a request was spoiled.
const FaultPath = "/__fault"

// Faults stands before a service's handler and spoils the exchanges that its script names:
// what a client, such as the web SDK, has to live with. Everything else it hands on.
type Faults struct {
	service  http.Handler
	registry *registry.Registry
	store    symbolon.Store
	began    time.Time

	mu     sync.Mutex
	script []Fault
	seen   []*Exchange
	news   chan struct{} // closed and made anew with each change of seen
}

// NewFaults puts faults before the handler of a service that is made of this registry and
// this store.
func NewFaults(service http.Handler, r *registry.Registry, store symbolon.Store) *Faults {
	return &Faults{service: service, registry: r, store: store, began: time.Now(), news: make(chan struct{})}
}

// ServeHTTP serves a request, well or badly.
func (f *Faults) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.URL.Path == FaultPath:
		f.control(w, r)
	case r.Method == http.MethodOptions: // a browser's own question before the request
		f.service.ServeHTTP(w, r)
	default:
		f.exchange(w, r)
	}
}

func (f *Faults) exchange(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // the client left
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	x := &Exchange{At: time.Since(f.began).Milliseconds(), Method: r.Method, Path: r.URL.EscapedPath(), Proof: r.Header.Get("Symbolon-Proof")}
	if json.Valid(body) {
		x.Body = body
	}
	fault := f.take(r)
	x.Fault = fault.Do
	f.note(func() { f.seen = append(f.seen, x) })
	switch fault.Do {
	case FaultDrop:
		panic(http.ErrAbortHandler)
	case FaultStall:
		<-r.Context().Done()
		panic(http.ErrAbortHandler)
	case FaultRateLimit:
		f.refuse(w, r, fault, http.StatusTooManyRequests, symbolon.ErrRateLimited)
	case FaultUnavailable:
		f.refuse(w, r, fault, http.StatusServiceUnavailable, symbolon.ErrUnavailable)
	case FaultBlock, FaultRemove, FaultAge:
		if err := f.change(r, fault); err != nil {
			http.Error(w, "symbolontest: "+err.Error(), http.StatusInternalServerError)
			return
		}
		f.serve(w, r, x)
	case FaultLoseAnswer, FaultStallAnswer:
		f.serve(&deaf{header: http.Header{}}, r, x)
		if fault.Do == FaultStallAnswer {
			<-r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	default:
		f.serve(w, r, x)
	}
}

// serve hands the request on, and notes the status before the client can see it.
func (f *Faults) serve(w http.ResponseWriter, r *http.Request, x *Exchange) {
	f.service.ServeHTTP(&witness{ResponseWriter: w, saw: func(status int) { f.note(func() { x.Status = status }) }}, r)
}

func (f *Faults) refuse(w http.ResponseWriter, r *http.Request, fault Fault, status int, code symbolon.Code) {
	h := w.Header()
	h.Set("Access-Control-Allow-Origin", r.Header.Get("Origin"))
	h.Set("Access-Control-Expose-Headers", "Retry-After")
	if fault.RetryAfter != "" {
		h.Set("Retry-After", fault.RetryAfter)
	}
	h.Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	writeJSON(w, map[string]any{"type": "/problems/" + code, "title": code, "status": status, "detail": "made to fail", "code": code})
}

// change does to a device what a person elsewhere, or the years, would do.
func (f *Faults) change(r *http.Request, fault Fault) error {
	ctx, system := r.Context(), symbolon.Caller{Kind: symbolon.CallerSystem, At: symbolon.Micro(time.Now())}
	switch fault.Do {
	case FaultBlock:
		_, err := f.registry.BlockDevice(ctx, system, fault.App, fault.Device, symbolon.BlockRequest{Reason: "made to fail"})
		return err
	case FaultRemove:
		return f.registry.RemoveDevice(ctx, system, fault.App, fault.Device)
	}
	d, err := f.store.GetDevice(ctx, fault.App, fault.Device)
	if err != nil {
		return err
	}
	return f.store.Tx(ctx, func(tx symbolon.Store) error {
		key, err := tx.GetKey(ctx, fault.App, d.KeyID)
		if err != nil {
			return err
		}
		since := key.Since().Add(-fault.By.Std())
		key.CreatedAt, key.RotatedAt = since, nil
		_, err = tx.PutKey(ctx, key)
		return err
	})
}

// take is the first fault of the script that the request meets, used up by one.
func (f *Faults) take(r *http.Request) Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.script, func(fault Fault) bool { return meets(r.Method, r.URL.Path, fault.On) })
	if i < 0 {
		return Fault{}
	}
	fault := f.script[i]
	if f.script[i].Times--; f.script[i].Times <= 0 {
		f.script = slices.Delete(f.script, i, i+1)
	}
	return fault
}

// meets tells whether a pattern of [http.ServeMux], of which it panics at a bad one, takes
// in a request.
func meets(method, path, pattern string) bool {
	mux := http.NewServeMux()
	mux.Handle(pattern, http.NotFoundHandler())
	r, err := http.NewRequest(method, "http://service/", nil) //nolint:noctx // it is never sent
	if err != nil {
		return false
	}
	r.URL.Path = path
	_, found := mux.Handler(r)
	return found == pattern
}

func (f *Faults) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.news)
	f.news = make(chan struct{})
}

func (f *Faults) control(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodPost:
		f.write(w, r)
	case http.MethodDelete:
		f.note(func() { f.script, f.seen = nil, nil })
		w.WriteHeader(http.StatusNoContent)
	default:
		f.tell(w, r)
	}
}

// write adds a line to the script.
func (f *Faults) write(w http.ResponseWriter, r *http.Request) {
	defer func() {
		if v := recover(); v != nil {
			http.Error(w, "on must be a pattern such as PUT /v1/apps/{app}/devices/{device}/key", http.StatusBadRequest)
		}
	}()
	var fault Fault
	dec := json.NewDecoder(r.Body)
	dec.DisallowUnknownFields()
	if err := dec.Decode(&fault); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	if !slices.Contains(faultKinds, fault.Do) {
		http.Error(w, "do must be one of the faults", http.StatusBadRequest)
		return
	}
	meets(http.MethodGet, "/", fault.On)
	fault.Times = cmp.Or(fault.Times, 1)
	f.note(func() { f.script = append(f.script, fault) })
	w.WriteHeader(http.StatusNoContent)
}

var faultKinds = []FaultKind{
	FaultDrop, FaultLoseAnswer, FaultStall, FaultStallAnswer, FaultRateLimit, FaultUnavailable,
	FaultBlock, FaultRemove, FaultAge,
}

// tell gives the exchanges, at once or when the one that is asked for was spoiled.
func (f *Faults) tell(w http.ResponseWriter, r *http.Request) {
	pattern := r.URL.Query().Get("on")
	for {
		text, spoiled, news := f.look(pattern)
		if pattern == "" || spoiled {
			w.Header().Set("Content-Type", "application/json")
			w.Write(text) //nolint:errcheck // a test that left does not read it
			return
		}
		select {
		case <-news:
		case <-r.Context().Done():
			return
		}
	}
}

func (f *Faults) look(pattern string) (text []byte, spoiled bool, news chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, x := range f.seen {
		worked := x.Status != 0 || x.Fault == FaultDrop || x.Fault == FaultStall
		spoiled = spoiled || x.Fault != "" && worked && pattern != "" && meets(x.Method, x.Path, pattern)
	}
	text, _ = json.Marshal(map[string]any{"exchanges": append([]*Exchange{}, f.seen...)}) //nolint:errcheck // plain values always marshal
	return text, spoiled, f.news
}

func writeJSON(w io.Writer, v any) {
	json.NewEncoder(w).Encode(v) //nolint:errcheck // a client that left does not read it
}

// witness sees the status of an answer.
type witness struct {
	http.ResponseWriter
	saw  func(status int)
	done bool
}

func (w *witness) WriteHeader(status int) {
	if !w.done {
		w.done = true
		w.saw(status)
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *witness) Write(b []byte) (int, error) {
	if !w.done {
		w.WriteHeader(http.StatusOK)
	}
	return w.ResponseWriter.Write(b)
}

// deaf takes an answer that nobody will hear.
type deaf struct{ header http.Header }

func (d *deaf) Header() http.Header         { return d.header }
func (d *deaf) WriteHeader(int)             {}
func (d *deaf) Write(b []byte) (int, error) { return len(b), nil }

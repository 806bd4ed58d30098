package symbolontest

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
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

func (f *Faults) note(change func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	change()
	close(f.news)
	f.news = make(chan struct{})
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

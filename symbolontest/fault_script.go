package symbolontest

import (
	"cmp"
	"encoding/json"
	"net/http"
	"slices"
)

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
	text, _ = json.Marshal(map[string]any{"exchanges": append([]*Exchange{}, f.seen...)})
	return text, spoiled, f.news
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

package server

import (
	"io/fs"
	"log/slog"
	"maps"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/symbolon-id/symbolon/registry"
)

// Config is what a Server is made of.
type Config struct {
	Registry       *registry.Registry
	PublicURL      string         // named in the API's description as where the service is
	TrustedProxies []netip.Prefix // peers whose X-Forwarded-… are believed, and who may ask forward-auth; none where empty
	Check          fs.FS          // the page of /device-check: index.html, and assets/; nil for none
	Limits         Limits         // members that are zero have the values of [DefaultLimits]
	Log            *slog.Logger   // nil for none
	Metrics        *Metrics       // nil for one of its own
	MetricsKey     string         // bearer that opens /metrics; "" opens it to the machine itself only
	Portal         fs.FS          // the pages at /admin; nil for none
	Account        fs.FS          // the page of /account/{app}: index.html, words.json and assets/; nil for none
	Version        string
}

// Limits bound what a caller may take of the service.
type Limits struct {
	PublicRate    float64       // calls a second from one address without a credential; below zero for no limit
	PublicBurst   int           // such calls at once from one address
	FailureRate   float64       // bad bearers a second from one address; below zero for no limit
	FailureBurst  int           // bad bearers at once from one address
	Body          int64         // bytes of a request's body
	ImportBody    int64         // bytes of an import's body
	PolicyBody    int64         // bytes of a body that holds a policy
	Header        int           // bytes of a request's header
	Connections   int           // at once
	PeerShare     int           // of these, from one address that is no trusted proxy; a quarter where 0
	HeaderTimeout time.Duration // to send the header
	ReadTimeout   time.Duration // to send header and body
	IdleTimeout   time.Duration // between two requests on a connection
	Request       time.Duration // to work on one request
	Shutdown      time.Duration // to finish what was begun
}

// DefaultLimits are the limits where none are set.
func DefaultLimits() Limits {
	return Limits{
		PublicRate: 50, PublicBurst: 500, FailureRate: 10, FailureBurst: 100,
		Body: 64 << 10, ImportBody: 1 << 20, PolicyBody: 72 << 10, Header: 16 << 10, Connections: 10_000,
		HeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute,
		Request: 15 * time.Second, Shutdown: 20 * time.Second,
	}
}

func (l Limits) orDefaults() Limits {
	d := DefaultLimits()
	most := or(l.Connections, d.Connections)
	return Limits{
		PublicRate: or(l.PublicRate, d.PublicRate), PublicBurst: or(l.PublicBurst, d.PublicBurst),
		FailureRate: or(l.FailureRate, d.FailureRate), FailureBurst: or(l.FailureBurst, d.FailureBurst),
		Body: or(l.Body, d.Body), ImportBody: or(l.ImportBody, d.ImportBody), PolicyBody: or(l.PolicyBody, d.PolicyBody),
		Header: or(l.Header, d.Header), Connections: most, PeerShare: or(l.PeerShare, max(1, most/4)),
		HeaderTimeout: or(l.HeaderTimeout, d.HeaderTimeout), ReadTimeout: or(l.ReadTimeout, d.ReadTimeout),
		IdleTimeout: or(l.IdleTimeout, d.IdleTimeout), Request: or(l.Request, d.Request),
		Shutdown: or(l.Shutdown, d.Shutdown),
	}
}

func or[T comparable](v, otherwise T) T {
	var zero T
	if v == zero {
		return otherwise
	}
	return v
}

// Server is the HTTP face of a registry: an [http.Handler].
type Server struct {
	registry *registry.Registry
	limits   Limits
	log      *slog.Logger
	metrics  *Metrics
	proxies  proxies
	check    *checkFiles // nil for none
	account  *accountPage
	own      original // how requests come that no proxy tells of
	public   *rates   // of calls without a credential, by address
	failures *rates   // of bad bearers, by address

	portal     portal
	passRules  passRules
	simulating simulations
	ending     chan struct{} // closed when the server is to end

	metricsKey string
	mux        *http.ServeMux
	api        huma.API
	tag        string              // of the operations that are being added
	openTo     map[string][]string // path → methods that pages of the app's origins may use
	version    string
}

// New makes the server. It panics only where its own table of routes contradicts itself,
// or where Check holds no index.html.
func New(cfg Config) *Server {
	limits := cfg.Limits.orDefaults()
	s := &Server{
		registry: cfg.Registry, limits: limits, log: cfg.Log, metrics: cfg.Metrics,
		proxies:    proxies{trusted: cfg.TrustedProxies},
		public:     newRates(limits.PublicRate, limits.PublicBurst),
		failures:   newRates(limits.FailureRate, limits.FailureBurst),
		portal:     newPortal(cfg.PublicURL),
		own:        ownOrigin(cfg.PublicURL),
		ending:     make(chan struct{}),
		metricsKey: cfg.MetricsKey,
		mux:        http.NewServeMux(), openTo: map[string][]string{}, version: cfg.Version,
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.metrics == nil {
		s.metrics = NewMetrics()
	}
	if cfg.Check != nil {
		s.check = readCheck(cfg.Check)
	}
	if cfg.Account != nil {
		s.account = readAccount(cfg.Account)
	}
	s.api = s.newAPI(cfg.PublicURL)
	s.routes()
	s.finishDescription()
	s.pages()
	if cfg.Portal != nil {
		s.mux.HandleFunc("GET /admin/", s.inTurn(s.showPortal(cfg.Portal)))
	}
	s.proxied()
	return s
}

// Handle adds a handler for what a program serves beside the API. It stands behind what
// every request passes (the check of its URL, security headers, time limit, log line and
// metrics) and holds its callers against the rate of public calls, but asks for no
// credential. It panics where the pattern contradicts another.
func (s *Server) Handle(pattern string, h http.Handler) {
	s.mux.HandleFunc(pattern, s.inTurn(h.ServeHTTP))
}

// ServeHTTP answers one request, and leaves one line in the log and one measurement.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	x := s.begin(r)
	answer := &answerWriter{ResponseWriter: w}
	defer s.end(x, answer)
	answer.Header().Set("X-Request-Id", x.id)
	maps.Copy(answer.Header(), securityHeaders)
	if err := checkURL(x.request.URL); err != nil {
		s.refuse(answer, x.request, or(s.takeTurn(answer, x), err))
		return
	}
	hideSlashes(x.request)
	s.mux.ServeHTTP(answer, x.request)
}

// securityHeaders are on every answer; pages loosen what they must.
var securityHeaders = http.Header{
	"X-Content-Type-Options":  {"nosniff"},
	"Cache-Control":           {"no-store"},
	"Referrer-Policy":         {"no-referrer"},
	"Content-Security-Policy": {"default-src 'none'; frame-ancestors 'none'"},
}

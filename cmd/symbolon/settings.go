package main

import (
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon/place"
	"github.com/symbolon-id/symbolon/server"
)

// settings are what a service is run by. A flag goes before its SYMBOLON_ variable, that
// before the configuration file, and that before the default. Secrets are variables only:
// flags show in lists of processes.
type settings struct {
	Config                string   `env:"SYMBOLON_CONFIG" placeholder:"FILE" help:"A YAML file of these settings, by their names without the dashes."`
	Listen                string   `default:"127.0.0.1:8080" env:"SYMBOLON_LISTEN" placeholder:"ADDR" help:"Where to serve, as host:port; port 0 takes a free one. Default: ${default}."`
	Data                  string   `default:"./data" env:"SYMBOLON_DATA" placeholder:"DIR" help:"The folder of the SQLite database and the key file, made if it is not there. Default: ${default}."`
	Database              string   `env:"SYMBOLON_DATABASE" placeholder:"URL" help:"A PostgreSQL database, postgres://…, instead of SQLite."`
	PublicURL             string   `name:"public-url" env:"SYMBOLON_PUBLIC_URL" placeholder:"URL" help:"Where the service is reached: issuer of tickets and tokens, base of links. Default: http:// and the address."`
	TrustedProxies        []string `env:"SYMBOLON_TRUSTED_PROXIES" placeholder:"CIDR" help:"Proxies, as addresses or networks, whose X-Forwarded-For is believed. Default: none."`
	logSettings           `embed:""`
	placeSettings         `embed:"" prefix:"geoip." group:"Places:"`
	adminProviderSettings `embed:"" prefix:"admin.oidc." group:"Sign-in of admins:"`
	limitSettings         `embed:"" group:"Limits:"`
}

// placeSettings are the files that tell where an address is.
type placeSettings struct {
	City      string `env:"SYMBOLON_GEOIP_CITY" placeholder:"FILE" help:"A file in MaxMind's format that tells the city, or the country, of an address: GeoLite2-City.mmdb, for one. Read anew when it changes. Default: none."`
	ASN       string `name:"asn" env:"SYMBOLON_GEOIP_ASN" placeholder:"FILE" help:"Such a file that tells whose network an address is of: GeoLite2-ASN.mmdb, for one. Default: none."`
	Anonymous string `env:"SYMBOLON_GEOIP_ANONYMOUS" placeholder:"FILE" help:"A text file of what hides who uses it: on each line a network, an address, or (with geoip.asn) an AS number such as AS64496. Default: none."`
}

// open reads the files; one that is set and can't be read is a mistake in the settings.
func (s placeSettings) open(log *slog.Logger) (*place.Files, error) {
	files, err := place.Open(place.Config{City: s.City, ASN: s.ASN, Anonymous: s.Anonymous, Log: log})
	if err != nil {
		return nil, usageError{err}
	}
	return files, nil
}

// limitSettings bound what callers may take.
type limitSettings struct {
	PublicRate      float64       `default:"50" env:"SYMBOLON_PUBLIC_RATE" placeholder:"N" help:"Calls a second from one address that shows no credential, 0 for no limit. Default: ${default}."`
	PublicBurst     int           `default:"500" env:"SYMBOLON_PUBLIC_BURST" placeholder:"N" help:"Such calls at once from one address. Default: ${default}."`
	FailureRate     float64       `default:"10" env:"SYMBOLON_FAILURE_RATE" placeholder:"N" help:"Refused bearer tokens a second from one address, 0 for no limit. Default: ${default}."`
	FailureBurst    int           `default:"100" env:"SYMBOLON_FAILURE_BURST" placeholder:"N" help:"Refused bearer tokens at once from one address. Default: ${default}."`
	MaxBody         int64         `default:"65536" env:"SYMBOLON_MAX_BODY" placeholder:"BYTES" help:"Bytes of a request's body. Default: ${default}."`
	MaxImport       int64         `default:"1048576" env:"SYMBOLON_MAX_IMPORT" placeholder:"BYTES" help:"Bytes of an import's body. Default: ${default}."`
	MaxHeader       int           `default:"16384" env:"SYMBOLON_MAX_HEADER" placeholder:"BYTES" help:"Bytes of a request's header. Default: ${default}."`
	MaxConnections  int           `default:"10000" env:"SYMBOLON_MAX_CONNECTIONS" placeholder:"N" help:"Connections at once. Default: ${default}."`
	MaxPeer         int           `name:"max-peer-connections" default:"0" env:"SYMBOLON_MAX_PEER_CONNECTIONS" placeholder:"N" help:"Connections at once from one address that is no trusted proxy. Default: a quarter of max-connections."`
	HeaderTimeout   time.Duration `default:"5s" env:"SYMBOLON_HEADER_TIMEOUT" placeholder:"TIME" help:"Time to send a request's header. Default: ${default}."`
	ReadTimeout     time.Duration `default:"30s" env:"SYMBOLON_READ_TIMEOUT" placeholder:"TIME" help:"Time to send a whole request. Default: ${default}."`
	RequestTimeout  time.Duration `default:"15s" env:"SYMBOLON_REQUEST_TIMEOUT" placeholder:"TIME" help:"Time to work on a request. Default: ${default}."`
	IdleTimeout     time.Duration `default:"2m" env:"SYMBOLON_IDLE_TIMEOUT" placeholder:"TIME" help:"Time between two requests on a connection. Default: ${default}."`
	ShutdownTimeout time.Duration `default:"20s" env:"SYMBOLON_SHUTDOWN_TIMEOUT" placeholder:"TIME" help:"Time to finish what was begun when the service is stopped. Default: ${default}."`
}

// check refuses values that can't be meant, by name.
func (s settings) check() error {
	if err := checkListen("listen", s.Listen); err != nil {
		return err
	}
	if s.Database == "" && s.Data == "" {
		return invalid("data", "must be a folder, unless database is set")
	}
	if err := checkDatabase(s.Database); err != nil {
		return err
	}
	if err := checkPublicURL(s.PublicURL); err != nil {
		return err
	}
	if _, err := parseProxies(s.TrustedProxies); err != nil {
		return err
	}
	if _, err := s.provider(); err != nil {
		return err
	}
	return s.limitSettings.check()
}

func checkListen(name, address string) error {
	_, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return invalid(name, "must be host:port such as 127.0.0.1:8080 or :8080; got %q", address)
	}
	return nil
}

// checkDatabase does not repeat the value, which may hold a password.
func checkDatabase(database string) error {
	if database == "" || strings.HasPrefix(database, "postgres://") || strings.HasPrefix(database, "postgresql://") {
		return nil
	}
	return invalid("database", "must be the URL of a PostgreSQL database, postgres://user:password@host/name; leave it out for SQLite")
}

func checkPublicURL(text string) error {
	if text == "" {
		return nil
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return invalid("public-url", "must be a URL such as https://devices.example.com, with no user, query or fragment")
	}
	return nil
}

func parseProxies(list []string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, text := range list {
		text = strings.TrimSpace(text)
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			var single netip.Addr
			single, err = netip.ParseAddr(text)
			prefix = netip.PrefixFrom(single, single.BitLen())
		}
		if err != nil {
			return nil, invalid("trusted-proxies", "must be addresses or networks such as 10.0.0.0/8, separated by commas; got %q", text)
		}
		prefixes = append(prefixes, prefix.Masked())
	}
	return prefixes, nil
}

func (l limitSettings) check() error {
	for _, rate := range []struct {
		name  string
		value float64
	}{{"public-rate", l.PublicRate}, {"failure-rate", l.FailureRate}} {
		if !(rate.value >= 0 && rate.value <= 1e9) {
			return invalid(rate.name, "must be a number of calls a second from 0 (no limit) to 1000000000; got %v", rate.value)
		}
	}
	for _, n := range []struct {
		name         string
		value, least int64
	}{
		{"public-burst", int64(l.PublicBurst), 1},
		{"failure-burst", int64(l.FailureBurst), 1},
		{"max-body", l.MaxBody, 1 << 10},
		{"max-import", l.MaxImport, 1 << 10},
		{"max-header", int64(l.MaxHeader), 1 << 10},
		{"max-connections", int64(l.MaxConnections), 1},
		{"max-peer-connections", int64(l.MaxPeer), 0},
	} {
		if n.value < n.least || n.value > 1<<30 {
			return invalid(n.name, "must be from %d to %d; got %d", n.least, 1<<30, n.value)
		}
	}
	return l.checkTimes()
}

func (l limitSettings) checkTimes() error {
	for _, t := range []struct {
		name  string
		value time.Duration
	}{
		{"header-timeout", l.HeaderTimeout},
		{"read-timeout", l.ReadTimeout},
		{"request-timeout", l.RequestTimeout},
		{"idle-timeout", l.IdleTimeout},
		{"shutdown-timeout", l.ShutdownTimeout},
	} {
		if t.value < time.Millisecond || t.value > time.Hour {
			return invalid(t.name, "must be a time from 1ms to 1h, such as 15s; got %s", t.value)
		}
	}
	return nil
}

// limits are the settings as the server takes them.
func (l limitSettings) limits() server.Limits {
	return server.Limits{
		PublicRate: orUnlimited(l.PublicRate), PublicBurst: l.PublicBurst,
		FailureRate: orUnlimited(l.FailureRate), FailureBurst: l.FailureBurst,
		Body: l.MaxBody, ImportBody: l.MaxImport, Header: l.MaxHeader, Connections: l.MaxConnections, PeerShare: l.MaxPeer,
		HeaderTimeout: l.HeaderTimeout, ReadTimeout: l.ReadTimeout, Request: l.RequestTimeout,
		IdleTimeout: l.IdleTimeout, Shutdown: l.ShutdownTimeout,
	}
}

// orUnlimited is the server's word for no limit: its zero stands for the default.
func orUnlimited(rate float64) float64 {
	if rate == 0 {
		return -1
	}
	return rate
}

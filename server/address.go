package server

import (
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"time"
)

// proxies are the peers that may speak for others.
type proxies struct {
	trusted []netip.Prefix
	warned  atomic.Int64 // when an untrusted peer was last warned of, in Unix seconds
}

// warnEvery is how often the log says that a forwarded header was not believed.
const warnEvery = time.Minute

// clientAddress is the address of the connection, or what a trusted proxy says it is. No
// forwarded header of anyone else is believed.
func (s *Server) clientAddress(r *http.Request, now time.Time) string {
	peer, ok := parseAddress(r.RemoteAddr)
	if !ok {
		return ""
	}
	if !forwarded(r.Header) {
		return peer.String()
	}
	if !s.proxies.trust(peer) {
		s.warnOfProxy(peer, now)
		return peer.String()
	}
	return s.proxies.client(peer, r.Header.Values("X-Forwarded-For")).String()
}

// forwarded tells whether somebody says to pass the request on for another.
func forwarded(h http.Header) bool {
	return len(h.Values("X-Forwarded-For")) > 0 || h.Get("Forwarded") != ""
}

func (s *Server) warnOfProxy(peer netip.Addr, now time.Time) {
	last := s.proxies.warned.Load()
	if now.Unix()-last >= int64(warnEvery/time.Second) && s.proxies.warned.CompareAndSwap(last, now.Unix()) {
		s.log.Warn("a forwarded header came from a peer that is not among the trusted proxies, and is not believed",
			"peer", peer.String())
	}
}

func (p *proxies) trust(peer netip.Addr) bool {
	for _, prefix := range p.trusted {
		if prefix.Contains(peer) {
			return true
		}
	}
	return false
}

// client walks X-Forwarded-For from the right, where our own proxies wrote, to the first
// address that is not one of them. What stands further left anyone may have written.
func (p *proxies) client(peer netip.Addr, forwarded []string) netip.Addr {
	hops := strings.Split(strings.Join(forwarded, ","), ",")
	for i := len(hops) - 1; i >= 0; i-- {
		hop, ok := parseAddress(strings.TrimSpace(hops[i]))
		if !ok {
			return peer
		}
		peer = hop
		if !p.trust(hop) {
			return hop
		}
	}
	return peer
}

// parseAddress reads an IP address with or without a port, in one form for each address.
func parseAddress(s string) (netip.Addr, bool) {
	if host, _, err := net.SplitHostPort(s); err == nil {
		s = host
	}
	addr, err := netip.ParseAddr(strings.Trim(s, "[]"))
	return addr.Unmap().WithZone(""), err == nil
}

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
	refused atomic.Int64 // likewise when one was refused what is for proxies alone
}

// warnEvery is how often the log says the same of peers that are not trusted.
const warnEvery = time.Minute

// clientAddress is the address of the connection, or what a trusted proxy says it is, and
// whether there is such a proxy. No forwarded header of anyone else is believed.
func (s *Server) clientAddress(r *http.Request, now time.Time) (address string, fromProxy bool) {
	peer, ok := parseAddress(r.RemoteAddr)
	if !ok {
		return "", false
	}
	fromProxy = s.proxies.trust(peer)
	switch {
	case !forwarded(r.Header):
	case fromProxy:
		peer = s.proxies.client(peer, r.Header.Values("X-Forwarded-For"))
	default:
		s.warnOfProxy(peer, now)
	}
	return peer.String(), fromProxy
}

// forwarded tells whether somebody says to pass the request on for another.
func forwarded(h http.Header) bool {
	return len(h.Values("X-Forwarded-For")) > 0 || h.Get("Forwarded") != ""
}

func (s *Server) warnOfProxy(peer netip.Addr, now time.Time) {
	if isDue(&s.proxies.warned, now) {
		s.log.Warn("a forwarded header came from a peer that is not among the trusted proxies, and is not believed",
			"peer", peer.String())
	}
}

func (s *Server) warnOfStranger(peer string, now time.Time) {
	if isDue(&s.proxies.refused, now) {
		s.log.Warn("forward-auth or the device check was asked for by a peer that is not among the trusted proxies, and was refused",
			"peer", peer)
	}
}

// isDue tells whether so much time passed since it last was, in Unix seconds.
func isDue(since *atomic.Int64, now time.Time) bool {
	last := since.Load()
	return now.Unix()-last >= int64(warnEvery/time.Second) && since.CompareAndSwap(last, now.Unix())
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

package server

import (
	"net"
	"net/http"
	"sync"

	"golang.org/x/net/netutil"
)

// doorOf lets in as many connections as the limits say: beyond them one waits until another
// ends, and one beyond its address's share is closed.
func (s *Server) doorOf(l net.Listener, h *http.Server) net.Listener {
	return netutil.LimitListener(&door{
		Listener: l, most: s.limits.Connections, share: s.limits.PeerShare,
		proxies: &s.proxies, keepAlive: h.SetKeepAlivesEnabled, inside: map[string]int{},
	}, s.limits.Connections)
}

// door is a listener that counts who is inside.
type door struct {
	net.Listener
	most, share int
	proxies     *proxies
	keepAlive   func(bool)

	mu      sync.Mutex
	inside  map[string]int // connections by network, without those of trusted proxies
	all     int
	crowded bool
}

// Accept implements net.Listener.
func (d *door) Accept() (net.Conn, error) {
	for {
		c, err := d.Listener.Accept()
		if err != nil {
			return nil, err
		}
		name := d.nameOf(c)
		if d.enter(name) {
			return &guest{Conn: c, left: sync.OnceFunc(func() { d.leave(name) })}, nil
		}
		c.Close()
	}
}

// nameOf is the network of the peer, or "" for a trusted proxy, which speaks for many.
func (d *door) nameOf(c net.Conn) string {
	peer, ok := parseAddress(c.RemoteAddr().String())
	if !ok || d.proxies.trust(peer) {
		return ""
	}
	return network(peer.String())
}

// enter counts a connection in, unless its network has its share. Where this takes the last
// place, connections that only wait for a next request are closed, and none is kept open
// after its answer until an eighth of the places is free.
func (d *door) enter(name string) bool {
	d.mu.Lock()
	if name != "" && d.inside[name] >= d.share {
		d.mu.Unlock()
		return false
	}
	if name != "" {
		d.inside[name]++
	}
	d.all++
	full := d.all >= d.most && !d.crowded
	d.crowded = d.crowded || full
	d.mu.Unlock()
	if full {
		d.makeRoom()
	}
	return true
}

// makeRoom holds no lock while connections are closed, since they come back to leave.
func (d *door) makeRoom() {
	d.keepAlive(false)
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.crowded { // so many left meanwhile
		d.keepAlive(true)
	}
}

func (d *door) leave(name string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.inside[name]--; d.inside[name] <= 0 {
		delete(d.inside, name)
	}
	d.all--
	if d.crowded && d.all < d.most-d.most/8 {
		d.crowded = false
		d.keepAlive(true)
	}
}

// guest is a connection that says when it leaves.
type guest struct {
	net.Conn
	left func()
}

// Close implements net.Conn.
func (g *guest) Close() error {
	defer g.left()
	return g.Conn.Close()
}

package bank

import (
	"crypto/rand"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// stage is how far a sign-in has come.
type stage string

const (
	stageNone     stage = "none"
	stagePassword stage = "password" // the password was right; device or code is next
	stageOpen     stage = "open"
)

const (
	idleLimit   = 15 * time.Minute
	maxSessions = 10_000
)

// session is what the bank remembers of one browser between requests.
type session struct {
	id     string
	user   symbolon.UserID
	stage  stage
	device symbolon.DeviceID // the one that opened it; "" where a code did
	seen   time.Time
}

// sessions are kept in memory: a bank that starts anew asks everyone to sign in.
type sessions struct {
	secure bool // the bank is reached by https, and so are its cookies
	mu     sync.Mutex
	byID   map[string]session
}

func newSessions(secure bool) *sessions { return &sessions{secure: secure, byID: map[string]session{}} }

// get gives a copy of the browser's session, or one of stage none.
func (s *sessions) get(c *call) session {
	cookie, err := c.r.Cookie(cookieName(c.r))
	if err != nil {
		return session{stage: stageNone}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	found, ok := s.byID[cookie.Value]
	if !ok || c.now.Sub(found.seen) > idleLimit {
		delete(s.byID, cookie.Value)
		return session{stage: stageNone}
	}
	found.seen = c.now
	s.byID[found.id] = found
	return found
}

// start gives the browser a session under a new id, so that nobody can have planted it.
func (s *sessions) start(c *call, next session) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, c.session.id)
	s.makeRoom(c.now)
	next.id, next.seen = rand.Text(), c.now
	s.byID[next.id] = next
	c.session = next
	s.setCookie(c, next.id)
}

// save keeps what the call changed, unless the session has ended meanwhile.
func (s *sessions) save(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, lives := s.byID[c.session.id]; lives {
		s.byID[c.session.id] = c.session
	}
}

func (s *sessions) end(c *call) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, c.session.id)
	c.session = session{stage: stageNone}
	s.setCookie(c, "")
}

// makeRoom drops what has run out and, where that is not enough, what comes first.
func (s *sessions) makeRoom(now time.Time) {
	if len(s.byID) < maxSessions {
		return
	}
	for id, old := range s.byID {
		if now.Sub(old.seen) > idleLimit {
			delete(s.byID, id)
		}
	}
	for id := range s.byID {
		if len(s.byID) < maxSessions {
			return
		}
		delete(s.byID, id)
	}
}

func (s *sessions) setCookie(c *call, value string) {
	age := 0
	if value == "" {
		age = -1
	}
	http.SetCookie(c.w, &http.Cookie{
		Name: cookieName(c.r), Value: value, Path: "/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteLaxMode, Secure: s.secure,
	})
}

// cookieName bears the port: browsers keep one jar for all ports of a host, and the
// demo's "other browser" is the same host on another port.
func cookieName(r *http.Request) string {
	if _, port, err := net.SplitHostPort(r.Host); err == nil {
		return "halfpenny_" + port
	}
	return "halfpenny"
}

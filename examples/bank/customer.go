package bank

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"sync"
	"time"

	"golang.org/x/crypto/argon2"

	"github.com/symbolon-id/symbolon"
)

// Login is how a demo customer signs in.
type Login struct {
	User     symbolon.UserID
	Name     string
	Password string
	Secret   string // of the second factor, in base32 as authenticator apps take it
}

// Logins are the demo's customers.
func Logins() []Login {
	return []Login{
		{User: "alice", Name: "Alice Archer", Password: "open-sesame", Secret: "NBQWYZTQMVXG46JAMFWGSY3FEBXW4ZJB"},
		{User: "bob", Name: "Bob Baker", Password: "swordfish", Secret: "NBQWYZTQMVXG46JAMJXWEIDUO5XSAIJB"},
	}
}

// customer is one person's way in.
type customer struct {
	user   symbolon.UserID
	name   string
	salt   []byte
	hash   []byte
	secret []byte

	mu       sync.Mutex
	lastCode int64 // the counter of the last code that was taken
}

func demoCustomers() map[symbolon.UserID]*customer {
	customers := map[symbolon.UserID]*customer{}
	for _, l := range Logins() {
		secret, err := base32.StdEncoding.DecodeString(l.Secret)
		if err != nil {
			panic("bank: a demo login's secret is no base32: " + l.Secret)
		}
		salt := make([]byte, 16)
		rand.Read(salt)
		customers[l.User] = &customer{
			user: l.User, name: l.Name, salt: salt, hash: hashPassword(l.Password, salt), secret: secret,
		}
	}
	return customers
}

// hashPassword is argon2id with the least that OWASP advises: 19 MiB, two passes.
func hashPassword(password string, salt []byte) []byte {
	return argon2.IDKey([]byte(password), salt, 2, 19<<10, 1, 32)
}

var nobody = &customer{salt: make([]byte, 16), hash: make([]byte, 32)}

// authenticate does the same work for a name that nobody has.
func (b *Bank) authenticate(user symbolon.UserID, password string) error {
	found, exists := b.customers[user]
	if !exists {
		found = nobody
	}
	match := subtle.ConstantTimeCompare(found.hash, hashPassword(password, found.salt)) == 1
	if !exists || !match {
		return errWrongPassword
	}
	return nil
}

// takeCode accepts each code once (RFC 6238, section 5.2).
func (c *customer) takeCode(code string, now time.Time) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	counter, ok := totpCounter(c.secret, code, now)
	switch {
	case !ok:
		return errWrongCode
	case counter <= c.lastCode:
		return errUsedCode
	}
	c.lastCode = counter
	return nil
}

// phone is what the pretend phone shows: the code that will be taken next, or how long
// until there is one. It may run a step ahead, as a phone's clock may.
type phone struct {
	Name   string `json:"name"`
	Code   string `json:"code,omitempty"`
	Secret string `json:"secret"` // for a real authenticator app
	NextIn int64  `json:"nextIn"` // seconds
	UsedUp bool   `json:"usedUp"`
	Step   int64  `json:"step"` // seconds that a code holds
}

func (b *Bank) showPhone(c *call) (any, error) {
	owner, known := b.customers[c.session.user]
	if !known {
		return nil, errSignedOut
	}
	owner.mu.Lock()
	defer owner.mu.Unlock()
	shown := phone{
		Name: owner.name, Secret: base32.StdEncoding.EncodeToString(owner.secret),
		NextIn: totpStep - c.now.Unix()%totpStep, Step: totpStep,
	}
	next := max(counterAt(c.now), owner.lastCode+1)
	if next > counterAt(c.now)+1 {
		shown.UsedUp = true
		return shown, nil
	}
	shown.Code = totp(owner.secret, next)
	return shown, nil
}

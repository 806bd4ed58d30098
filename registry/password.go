package registry

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"unicode/utf8"

	"github.com/ccojocar/zxcvbn-go"
	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"

	"github.com/symbolon-id/symbolon"
)

// The cost of a password's hash: 19 MiB, twice over (RFC 9106 §4, OWASP's least).
const (
	argonMemory = 19 << 10 // KiB
	argonTime   = 2
	argonLanes  = 1
	argonSalt   = 16
	argonKey    = 32
)

// MinPassword is the least length of a password that stands alone (NIST SP 800-63B-4
// §3.1.1.2), in characters. Nothing is asked of which characters they are.
const (
	MinPassword = 15
	MaxPassword = 256
)

// weakest is the zxcvbn score from which a password counts as hard to guess.
const weakest = 3

// hashing bounds how many hashes are computed at once, and by that the memory they take.
var hashing = make(chan struct{}, max(2, runtime.GOMAXPROCS(0)))

// hashPassword gives a PHC string.
func hashPassword(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	rand.Read(salt)
	key, err := argon(ctx, password, salt)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes,
		b64.EncodeToString(salt), b64.EncodeToString(key)), nil
}

// passwordIs tells whether the password has the hash. Without a hash it takes as long.
func passwordIs(ctx context.Context, phc, password string) (bool, error) {
	salt, want := make([]byte, argonSalt), make([]byte, argonKey)
	if parts := strings.Split(phc, "$"); len(parts) == 6 {
		var err error
		if salt, err = base64.RawStdEncoding.DecodeString(parts[4]); err != nil {
			return false, fmt.Errorf("registry: a stored password: %w", err)
		}
		if want, err = base64.RawStdEncoding.DecodeString(parts[5]); err != nil {
			return false, fmt.Errorf("registry: a stored password: %w", err)
		}
	}
	got, err := argon(ctx, password, salt)
	return err == nil && phc != "" && subtle.ConstantTimeCompare(got, want) == 1, err
}

// argon waits for its turn. The same password typed on another keyboard is the same.
func argon(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case hashing <- struct{}{}:
		defer func() { <-hashing }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return argon2.IDKey(norm.NFKC.Bytes([]byte(password)), salt, argonTime, argonMemory, argonLanes, argonKey), nil
}

// checkPassword refuses one that is short, long, or easy to guess: common, made of what is
// common, or of what is known of its owner.
func checkPassword(password string, owner symbolon.Admin) error {
	if !utf8.ValidString(password) {
		return symbolon.InvalidField("password", "must be valid UTF-8")
	}
	if n := utf8.RuneCountInString(password); n < MinPassword || n > MaxPassword {
		return symbolon.InvalidField("password", "must have from %d to %d characters; a few words that don't belong together do well", MinPassword, MaxPassword)
	}
	known := []string{"symbolon", owner.Login, owner.Name}
	known = append(known, strings.FieldsFunc(owner.Login+" "+owner.Name, func(r rune) bool { return strings.ContainsRune(" .@_-+%", r) })...)
	judged := password[:min(len(password), 100)] // its cost rises with the length
	if zxcvbn.PasswordStrength(judged, known).Score < weakest {
		return symbolon.InvalidField("password", "is easy to guess: it is common, repeats itself, or is made of your name; a few words that don't belong together do well")
	}
	return nil
}

package bank

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"time"
)

// totpStep is how long a code holds (RFC 6238, section 4.1: X = 30 seconds).
const totpStep = 30

// counterAt is T of RFC 6238, section 4.2, with T0 = 0.
func counterAt(now time.Time) int64 { return now.Unix() / totpStep }

// totp is the code of six digits for one counter: HOTP (RFC 4226, section 5.3).
func totp(secret []byte, counter int64) string {
	mac := hmac.New(sha1.New, secret)
	binary.Write(mac, binary.BigEndian, counter) //nolint:errcheck // a hash never fails
	sum := mac.Sum(nil)
	offset := sum[len(sum)-1] & 0x0f
	number := binary.BigEndian.Uint32(sum[offset:]) & 0x7fffffff
	return fmt.Sprintf("%06d", number%1_000_000)
}

// totpCounter finds the counter of a code. A phone's clock may be one step early or late
// (RFC 6238, section 5.2).
func totpCounter(secret []byte, code string, now time.Time) (int64, bool) {
	present := counterAt(now)
	for _, counter := range []int64{present, present - 1, present + 1} {
		if subtle.ConstantTimeCompare([]byte(totp(secret, counter)), []byte(code)) == 1 {
			return counter, true
		}
	}
	return 0, false
}

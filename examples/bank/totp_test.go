package bank_test

import (
	"testing"

	"github.com/symbolon-id/symbolon/examples/bank"
)

// RFC 6238, appendix B, cut to six digits as RFC 4226, section 5.3 has it.
func TestTOTPGivesTheCodesOfTheStandard(t *testing.T) {
	secret := []byte("12345678901234567890")
	for at, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		equal(t, "the code", bank.TOTP(secret, at/30), want)
	}
}

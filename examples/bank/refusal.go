package bank

import "net/http"

// The bank's refusals. The page turns each code into a sentence.
var (
	errSignedOut     = &problem{status: http.StatusUnauthorized, Code: "signed_out", Message: "sign in first"}
	errWrongPassword = &problem{status: http.StatusUnauthorized, Code: "wrong_password", Message: "that name and password do not belong together"}
	errWrongCode     = &problem{status: http.StatusUnauthorized, Code: "wrong_code", Message: "that code is not right"}
	errUsedCode      = &problem{status: http.StatusUnauthorized, Code: "used_code", Message: "that code was used before; wait for the next one"}
	errCodeNeeded    = &problem{status: http.StatusUnauthorized, Code: "code_needed", Message: "this needs a code"}
	errDeviceBlocked = &problem{status: http.StatusForbidden, Code: "device_blocked", Message: "this browser is blocked"}
	errProofRefused  = &problem{status: http.StatusForbidden, Code: "proof_refused", Message: "what this browser signed is not what the bank was asked to do"}
	errRefused       = &problem{status: http.StatusForbidden, Code: "refused", Message: "the bank does not do this from here"}
	errNoFunds       = &problem{status: http.StatusConflict, Code: "no_funds", Message: "the account does not hold that much"}
	errNoPayee       = &problem{status: http.StatusNotFound, Code: "no_payee", Message: "payee must be one of your payees"}
	errNoDevice      = &problem{status: http.StatusNotFound, Code: "not_found", Message: "you have no such device"}
)

package server

import "net/http"

// What tests try with anything at all.
var (
	ParseTree = parseTree // how bodies are read, to compare with another way
	SafePath  = safePath
)

// TakePass is how a bank's pass is found among cookies over https.
func TakePass(cookies ...string) (pass, others string) {
	return takePass(http.Header{"Cookie": cookies}, original{secure: true}.cookieName("bank"))
}

// Package server shows a registry over HTTP. routes.go is the contents page of the API:
// one line for each operation, and the handlers stand in files named after their noun.
// A handler decodes, calls the registry and renders; it holds no rule of the domain.
//
// What every operation shares stands in front of the handlers, in this order: one record
// of the request (exchange.go), CORS (cors.go), rates (rate.go), who calls (auth.go), the
// body (body.go), and answers given once (idempotency.go). Errors become RFC 9457
// problems by one table (problem.go).
//
// Beside the API stands what proxies ask before each request of an app (forward_auth.go), and
// what they serve under the app's own origin: the page where a browser shows its device
// (check_page.go, device_check.go) and its bound sessions (session.go). Both believe a
// trusted proxy alone (proxied.go).
package server

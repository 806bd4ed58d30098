package server

import (
	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/registry"
)

// routes is the contents page of the API.
//
//nolint:funlen // as long as its contents
func (s *Server) routes() {
	const (
		apps        = "/v1/apps"
		app         = apps + "/{app}"
		devices     = app + "/devices"
		device      = devices + "/{device}"
		user        = app + "/users/{user}"
		me          = app + "/me"
		policy      = app + "/policy"
		incidents   = app + "/incidents"
		credentials = "/v1/credentials"
		accounts    = "/v1/admins"
		account     = accounts + "/{admin}"
		passkeys    = "/v1/admin/passkeys"
	)

	s.tag = "Decisions" // challenge.go, decision.go, introspection.go, ticket.go
	add(s, op{"createChallenge", "POST " + app + "/challenges", clients | backends, "Make a challenge to sign"}, s.createChallenge, notRepeatable)
	add(s, op{"decide", "POST " + app + "/decisions", clients | staff, "Decide what a request's device is worth"}, s.decide, notRepeatable)
	add(s, op{"listDecisions", "GET " + app + "/decisions", staff, "List recorded decisions, the latest first within a page; pages follow one another by when a challenge would have ended, up to five minutes off"}, s.listDecisions)
	add(s, op{"getDecision", "GET " + app + "/decisions/{decision}", staff, "Get a recorded decision"}, s.getDecision)
	add(s, op{"introspect", "POST " + app + "/introspect", staff, "Tell the live state of a device token (RFC 7662)"}, s.introspect, notRepeatable, takesForm)
	add(s, op{"issueTicket", "POST " + app + "/tickets", backends, "Issue a ticket that says who the user is"}, s.issueTicket, notRepeatable)

	s.tag = "Devices" // device.go, key.go
	addWhole(s, op{"registerDevice", "POST " + devices, users, "Register the device that signed the proof"}, s.registerDevice, mayCreate, failsToRegister)
	addWhole(s, op{"registerKey", "POST " + user + "/devices", backends, "Register a key that the backend vouches for"}, s.registerKey, mayCreate, failsToRegister)
	add(s, op{"listDevices", "GET " + devices, staff, "List the app's devices"}, s.listDevices)
	add(s, op{"getDevice", "GET " + device, staff, "Get a device"}, s.getDevice, unknown)
	add(s, op{"updateDevice", "PATCH " + device, staff, "Change a device's name, metadata or push configuration"}, s.updateDevice, unknown, patches)
	addEmpty(s, op{"removeDevice", "DELETE " + device, staff, "Remove a device"}, s.removeDevice, unknown)
	add(s, op{"blockDevice", "POST " + device + "/block", staff, "Block a device"}, s.blockDevice, unknown)
	add(s, op{"unblockDevice", "POST " + device + "/unblock", staff, "Unblock a device"}, s.unblockDevice, unknown)
	add(s, op{"approveDevice", "POST " + device + "/approve", staff, "Approve a pending device"}, s.approveDevice, unknown, atLimit)
	add(s, op{"trustDevice", "POST " + device + "/trust", staff, "Trust a device"}, s.trustDevice, unknown, blocked)
	add(s, op{"distrustDevice", "POST " + device + "/distrust", staff, "End the trust in a device"}, s.distrustDevice, unknown)
	add(s, op{"rotateKey", "PUT " + device + "/key", clients, "Replace the device's key"}, s.rotateKey, notRepeatable, failsToProve, unknown, blocked)
	add(s, op{"listDeviceEvents", "GET " + device + "/events", staff, "Read a device's timeline, the latest first"}, s.listDeviceEvents, unknown)

	add(s, op{"listRelatedDevices", "GET " + device + "/related", staff, "List the devices that share a device's key or hardware"}, s.relatedDevices, unknown)
	add(s, op{"getCensus", "GET " + app + "/census", staff, "Get how many devices of which kind the app has"}, s.getCensus)

	s.tag = "Users" // user.go, trusted_device.go
	add(s, op{"listUsers", "GET " + app + "/users", staff, "List the app's users that have devices"}, s.listUsers)
	add(s, op{"listUserDevices", "GET " + user + "/devices", staff, "List a user's devices"}, s.listUserDevices)
	add(s, op{"listTrustedDevices", "GET " + user + "/trusted-devices", staff, "List a user's devices that are or were trusted"}, s.listTrustedDevices)
	add(s, op{"importTrustedDevices", "POST " + app + "/trusted-devices", staff, "Import records of trusted devices"}, s.importTrustedDevices, maxBody(s.limits.ImportBody))
	add(s, op{"revokeUser", "POST " + user + "/revocations", staff, "Revoke what a user's devices may do, by what happened"}, s.revokeUser)
	add(s, op{"reactivateUser", "POST " + user + "/reactivate", staff, "Admit a deactivated user again"}, s.reactivateUser)
	add(s, op{"exportUser", "GET " + user, staff, "Export all that is kept of a user"}, s.exportUser)
	add(s, op{"eraseUser", "DELETE " + user, staff, "Erase all that is kept of a user"}, s.eraseUser, erases)
	add(s, op{"liftTombstones", "DELETE " + user + "/tombstones", staff, "Let the keys of a user's blocked and removed devices come back"}, s.liftTombstones)

	s.tag = "Self-service" // me.go, account.go
	s.selfService(me)
	const page = accountPath + "/v1/apps/{app}" // what the page of one's own devices may do, under the origin where it stands
	s.selfService(page+"/me", atAccount)
	add(s, op{"createChallenge", "POST " + page + "/challenges", clients, "Make a challenge to sign"}, s.createChallenge, notRepeatable, atAccount)
	add(s, op{"rotateKey", "PUT " + page + "/devices/{device}/key", clients, "Replace the device's key"}, s.rotateKey, notRepeatable, atAccount)
	add(s, op{"createAccountLink", "POST " + app + "/account-links", backends, "Make the address that opens a user's own page of devices"}, s.createAccountLink, created, notRepeatable)

	s.tag = "Events" // event.go, tally.go
	add(s, op{"listEvents", "GET " + app + "/events", staff, "Read the app's log in its sealed order"}, s.listEvents)
	add(s, op{"readLog", "GET " + app + "/log", staff, "Read the app's log without its decisions, the latest first"}, s.readLog)
	add(s, op{"readServiceLog", "GET /v1/log", admins, "Read the log of what belongs to no app, the latest first"}, s.readServiceLog)
	add(s, op{"verifyLog", "GET " + app + "/events/verify", admins, "Hold a part of the app's log against the chain that it was sealed in"}, s.verifyLog)
	add(s, op{"listTallies", "GET " + app + "/tallies", staff, "Read what was counted of the app's events, hour by hour"}, s.listTallies)

	s.tag = "Incidents" // incident.go
	add(s, op{"beginIncident", "POST " + incidents, admins, "Distrust, block or unblock all devices that match, or count them"}, s.beginIncident, created, conflicts)
	add(s, op{"listIncidents", "GET " + incidents, admins, "List incidents, the latest first"}, s.listIncidents)
	add(s, op{"getIncident", "GET " + incidents + "/{incident}", admins, "Get an incident, with how far it is"}, s.getIncident)
	add(s, op{"undoIncident", "POST " + incidents + "/{incident}/undo", admins, "Unblock all devices that an incident blocked"}, s.undoIncident, created, conflicts)

	s.tag = "Admins" // admin.go, admin_session.go, admin_passkey.go; a provider's sign-in is among pages
	add(s, op{"getSignInWays", "GET /v1/admin/sign-in", clients, "Get the ways to sign in beside passwords"}, s.signInWays)
	add(s, op{"createSetupLink", "POST /v1/admin/setup-link", admins, "Make the link by which the first admin comes in, while there is none"}, s.createSetupLink, created, notRepeatable, conflicts)
	addWhole(s, op{"setUp", "POST /v1/admin/setup", clients, "Become the first admin, or choose a password, by a link"}, s.setUp, created, notRepeatable, failsToSignIn, conflicts)
	addWhole(s, op{"signIn", "POST /v1/admin/session", clients, "Sign in as an admin"}, s.signIn, created, notRepeatable, failsToSignIn)
	add(s, op{"getSession", "GET /v1/admin/session", people, "Get the session that asks, and whose it is"}, s.thisSession)
	addWhole(s, op{"signOut", "DELETE /v1/admin/session", people, "Sign out"}, s.signOut, notRepeatable)
	add(s, op{"createOwnTicket", "POST /v1/admin/session/ticket", people, "Issue a ticket by which one's own browser registers with the app admin"}, s.ownTicket, notRepeatable, conflicts)
	add(s, op{"showOwnDevice", "POST /v1/admin/session/device", people, "Show the device that the session comes from"}, s.showDevice, notRepeatable, conflicts, blocked)
	add(s, op{"getOwnDevice", "GET /v1/admin/session/device", people, "Get what the session has shown of its device"}, s.ownDevice)
	add(s, op{"confirmSession", "POST /v1/admin/session/confirm", people, "Show again who one is, for dangerous actions"}, s.confirmSession, notRepeatable)
	addWhole(s, op{"changePassword", "PUT /v1/admin/password", people, "Change one's own password"}, s.changePassword, notRepeatable, conflicts)
	add(s, op{"offerSetupPasskey", "POST /v1/admin/setup/passkey/options", clients, "Get the options to come in by a link with a new passkey"}, s.offerSetupPasskey, notRepeatable, failsToSignIn, conflicts)
	add(s, op{"offerPasskeySignIn", "POST /v1/admin/session/passkey/options", clients, "Get the options to sign in with a passkey"}, s.offerPasskeySignIn, notRepeatable, conflicts)
	addWhole(s, op{"signInByPasskey", "POST /v1/admin/session/passkey", clients, "Sign in as an admin with a passkey"}, s.signInByPasskey, created, notRepeatable, failsToSignIn)
	add(s, op{"offerConfirmation", "POST /v1/admin/session/confirm/options", people, "Get the options to show again who one is with a passkey"}, s.offerConfirmation, notRepeatable, conflicts)
	add(s, op{"offerPasskey", "POST " + passkeys + "/options", people, "Get the options to make a passkey"}, s.offerPasskey, notRepeatable, conflicts)
	add(s, op{"addPasskey", "POST " + passkeys, people, "Add a passkey"}, s.addPasskey, created, notRepeatable, conflicts)
	add(s, op{"listPasskeys", "GET " + passkeys, people, "List one's own passkeys"}, s.listPasskeys)
	add(s, op{"renamePasskey", "PATCH " + passkeys + "/{passkey}", people, "Rename a passkey"}, s.renamePasskey, notRepeatable, patches)
	addEmpty(s, op{"removePasskey", "DELETE " + passkeys + "/{passkey}", people, "Remove a passkey"}, s.removePasskey, notRepeatable, conflicts)
	add(s, op{"createAdmin", "POST " + accounts, admins, "Create an admin, with an invitation"}, s.createAdmin, created, notRepeatable, conflicts)
	add(s, op{"listAdmins", "GET " + accounts, admins, "List admins"}, s.listAdmins)
	addWhole(s, op{"getAdmin", "GET " + account, admins, "Get an admin"}, s.getAdmin)
	addWhole(s, op{"updateAdmin", "PATCH " + account, admins, "Change an admin's name or grants, or keep them out"}, s.updateAdmin, stale, patches, conflicts)
	addEmpty(s, op{"removeAdmin", "DELETE " + account, admins, "Remove an admin"}, s.removeAdmin, conflicts)
	add(s, op{"inviteAdmin", "POST " + account + "/invitation", admins, "Give an admin a new way in"}, s.inviteAdmin, notRepeatable)
	add(s, op{"listAdminSessions", "GET " + account + "/sessions", admins, "List an admin's sessions"}, s.listAdminSessions)
	addEmpty(s, op{"endAdminSession", "DELETE " + account + "/sessions/{session}", admins, "End an admin's session"}, s.endAdminSession)

	add(s, op{"getStatus", "GET /v1/status", admins, "Get how the service is set up, and how it fares"}, s.status)

	s.tag = "Apps" // app.go, policy.go, simulate.go, credential.go
	add(s, op{"createApp", "POST " + apps, admins, "Create an app, with a first credential"}, s.createApp, created, notRepeatable, conflicts)
	add(s, op{"listApps", "GET " + apps, admins, "List apps"}, s.listApps)
	addWhole(s, op{"getApp", "GET " + app, admins, "Get an app"}, s.getApp)
	addWhole(s, op{"updateApp", "PATCH " + app, admins, "Change an app's name, origins or issuers"}, s.updateApp, stale, patches)
	addEmpty(s, op{"removeApp", "DELETE " + app, admins, "Remove an app and all that is under it"}, s.removeApp, notRepeatable)
	addWhole(s, op{"getPolicy", "GET " + policy, admins, "Get the app's policy"}, s.getPolicy)
	addWhole(s, op{"putPolicy", "PUT " + policy, admins, "Set the app's policy"}, s.putPolicy, stale)
	add(s, op{"listPolicyVersions", "GET " + policy + "/versions", admins, "List the policy's versions, the latest first"}, s.listPolicyVersions)
	add(s, op{"getPolicyVersion", "GET " + policy + "/versions/{version}", admins, "Get one version of the policy"}, s.getPolicyVersion)
	add(s, op{"diffPolicy", "GET " + policy + "/diff", admins, "Compare two versions of the policy"}, s.diffPolicy)
	add(s, op{"listRules", "GET " + policy + "/rules", admins, "List the policy's rules, with how often each held lately"}, s.listRules)
	add(s, op{"checkPolicy", "POST " + policy + "/check", admins, "Tell all that is wrong with a proposed policy"}, s.checkPolicy, notRepeatable, maxBody(s.limits.PolicyBody))
	add(s, op{"getPolicyLanguage", "GET /v1/policy/language", admins, "Describe what policies and the conditions of their rules are written in"}, s.policyLanguage)
	addWhole(s, op{"simulatePolicy", "POST " + policy + "/simulate", admins, "Try a proposed policy on recorded decisions"}, s.simulatePolicy, notRepeatable, maxBody(s.limits.PolicyBody), conflicts)
	add(s, op{"createCredential", "POST " + app + "/credentials", admins, "Create a credential of the app's backend or of an admin"}, s.createCredential, created, notRepeatable)
	add(s, op{"listCredentials", "GET " + app + "/credentials", admins, "List the app's credentials"}, s.listCredentials)
	add(s, op{"revokeCredential", "DELETE " + app + "/credentials/{credential}", admins, "Revoke a credential"}, s.revokeCredential)
	add(s, op{"createAdminCredential", "POST " + credentials, admins, "Create a credential of an admin on all apps"}, s.createAdminCredential, created, notRepeatable)
	add(s, op{"listAdminCredentials", "GET " + credentials, admins, "List the credentials of admins on all apps"}, s.listAdminCredentials)
	add(s, op{"revokeAdminCredential", "DELETE " + credentials + "/{credential}", admins, "Revoke a credential of an admin on all apps"}, s.revokeAdminCredential)

	s.tag = "Device check" // device_check.go: what its page may do through a proxy, under the app's own origin
	const check = checkPath + app
	add(s, op{"createChallengeAtCheck", "POST " + check + "/challenges", clients, "Make a challenge to sign"}, s.createChallenge, notRepeatable, atCheck)
	addWhole(s, op{"checkDevice", "POST " + check + "/decisions", clients, "Check a device, and give it a pass"}, s.checkDevice, notRepeatable, atCheck)
	addWhole(s, op{"registerDeviceAtCheck", "POST " + check + "/devices", users, "Register the device that signed the proof"}, s.registerDevice, mayCreate, atCheck)
	add(s, op{"rotateKeyAtCheck", "PUT " + check + "/devices/{device}/key", clients, "Replace the device's key"}, s.rotateKey, notRepeatable, atCheck)
}

// selfService are the operations of a user on their own devices, under a path and for whom
// the options say.
func (s *Server) selfService(me string, options ...option) {
	mine := me + "/devices/{device}"
	with := func(more ...option) []option { return append(more, options...) }
	add(s, op{"listMyDevices", "GET " + me + "/devices", users, "List one's own devices"}, s.listMyDevices, with(unknown, blocked, failsToProve)...)
	add(s, op{"listMyTrustedDevices", "GET " + me + "/trusted-devices", users, "List one's own devices that are or were trusted"}, s.listMyTrustedDevices, with(unknown, blocked, failsToProve)...)
	add(s, op{"listMyEvents", "GET " + me + "/events", users, "Read what happened to one's own devices, the latest first"}, s.listMyEvents, with()...)
	add(s, op{"updateMyDevice", "PATCH " + mine, users, "Rename one's own device"}, s.updateMyDevice, with(unknown, blocked, failsToProve, patches)...)
	addEmpty(s, op{"removeMyDevice", "DELETE " + mine, users, "Remove one's own device"}, s.removeMyDevice, with(unknown, blocked, failsToProve)...)
	add(s, op{"trustMyDevice", "POST " + mine + "/trust", users, "Trust one's own device"}, s.trustMyDevice, with(unknown, blocked, failsToProve)...)
	add(s, op{"distrustMyDevice", "POST " + mine + "/distrust", users, "End the trust in one's own device"}, s.distrustMyDevice, with(unknown, blocked, failsToProve)...)
	add(s, op{"approveMyDevice", "POST " + mine + "/approve", users, "Approve a pending device from one that is trusted"}, s.approveMyDevice, with(unknown, blocked, atLimit, failsToProve)...)
	add(s, op{"reportLost", "POST " + mine + "/report-lost", users, "Block one's own device that was lost"}, s.reportLost, with(unknown, blocked, failsToProve)...)
	add(s, op{"signOutOthers", "POST " + me + "/sign-out-others", users, "Remove all of one's own devices but this"}, s.signOutOthers, with(unknown, blocked, failsToProve)...)
}

// How operations fail beside the common ways.
var (
	unknown         = fails(symbolon.ErrDeviceUnknown)
	blocked         = fails(symbolon.ErrDeviceBlocked)
	atLimit         = fails(symbolon.ErrDeviceLimitReached)
	stale           = fails(symbolon.ErrPreconditionFailed)
	conflicts       = fails(symbolon.ErrConflict)
	failsToSignIn   = fails(symbolon.ErrUnauthenticated)
	failsToProve    = fails(symbolon.ErrProofInvalid, symbolon.ErrChallengeExpired, symbolon.ErrChallengeReplayed, symbolon.ErrAlgorithmNotAllowed, symbolon.ErrConflict)
	failsToRegister = fails(
		symbolon.ErrDeviceBlocked, symbolon.ErrDeviceLimitReached, symbolon.ErrConflict, symbolon.ErrAlgorithmNotAllowed,
		symbolon.ErrProofInvalid, symbolon.ErrChallengeExpired, symbolon.ErrChallengeReplayed,
	)
)

// pages are what stands beside the API, for anyone: health.go, metrics.go, docs.go and
// admin_oidc.go. Each is a public call, but that the process lives is always told.
func (s *Server) pages() {
	s.mux.HandleFunc("GET /healthz", s.healthy)
	s.mux.HandleFunc("GET /metrics", s.showMetrics)
	s.mux.HandleFunc("GET /readyz", s.inTurn(s.ready))
	s.mux.HandleFunc("GET /.well-known/jwks.json", s.inTurn(s.keys))
	s.mux.HandleFunc("GET /openapi.json", s.inTurn(s.openAPI()))
	s.mux.HandleFunc("GET /docs", s.inTurn(s.docs()))
	s.mux.HandleFunc("GET /admin/oidc/start", s.inTurn(s.departToProvider))
	s.mux.HandleFunc("GET "+registry.ProviderPath, s.inTurn(s.returnFromProvider))
	s.mux.HandleFunc("GET /problems/{code}", s.inTurn(s.problem))
	s.mux.HandleFunc(everything, s.inTurn(s.nothing))
}

// proxied are what proxies ask, and what they serve under an app's own origin:
// forward_auth.go, check_page.go, session.go, account.go. The page's calls of the API are among routes.
func (s *Server) proxied() {
	const sessions = checkPath + "/v1/apps/{app}/sessions"
	s.mux.HandleFunc(forwardAuthPath, s.forwardAuth)
	s.mux.HandleFunc("POST "+sessions, s.onSession(s.bindSession))
	s.mux.HandleFunc("POST "+sessions+"/refresh", s.onSession(s.refreshSession))
	if s.account != nil {
		s.mux.HandleFunc("GET "+accountPath+"/{app}", s.showAccount)
		s.mux.HandleFunc("GET "+accountPath+"/{app}/enter", s.startAccount)
		s.mux.HandleFunc("POST "+accountPath+"/{app}/ticket", s.giveAccountTicket)
		s.mux.HandleFunc("POST "+accountPath+"/{app}/sign-out", s.leaveAccount)
		s.mux.HandleFunc("GET "+accountPath+"/-/assets/{name...}", s.inTurn(s.account.assets.show(s)))
	}
	if s.check != nil {
		s.mux.HandleFunc("GET "+checkPath, s.showCheck)
		s.mux.HandleFunc("GET "+checkPath+"/assets/{name...}", s.inTurn(s.check.assets.show(s)))
	}
}

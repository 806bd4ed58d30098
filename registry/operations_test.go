package registry_test

import (
	"encoding/json"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/registry"
)

// operation is a row of the table of wrong callers: who may call it, written down by
// hand from the API's table, and a call of it that would do something.
type operation struct {
	client bool
	user   bool
	bearer bool           // every caller that is not a client
	scope  symbolon.Scope // of a backend
	role   symbolon.Role  // the least one of an admin
	reach  reach
	person bool // an admin in a session, whatever they were granted
	call   func(scene, symbolon.Caller) error
}

// reach is how far an operation goes: one app, all apps, or whatever is the caller's.
type reach int

const (
	oneApp reach = iota
	allApps
	callersOwn
)

// scene is what the calls are about: ada's devices at the bank.
type scene struct {
	*world
	phone   *fake  // active and trusted
	browser *fake  // active
	fresh   *fake  // not registered
	decided string // a decision on a proof by browser

	colleague symbolon.AdminID
}

func newScene(w *world) scene {
	w.Helper()
	w.pass(time.Microsecond) // after whatever the scene before brought about
	w.policy(bank, `{"limits":{"devices":0}}`)
	w.settle(bank, bankSite)
	s := scene{world: w, phone: w.trusted(ada), browser: w.registered(ada), fresh: w.browser(ada), colleague: w.colleague()}
	s.decided = s.browser.decide().ID
	return s
}

var operations = map[string]operation{
	"NewChallenge": {client: true, scope: symbolon.ScopeDecisions, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.NewChallenge(s.Context(), c, bank, symbolon.ChallengeRequest{Purpose: "prove"})
		return err
	}},
	"Decide": {client: true, scope: symbolon.ScopeDecisions, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.Decide(s.Context(), c, bank, symbolon.DecisionRequest{UserID: ada, Proof: s.phone.prove()})
		return err
	}},
	"CheckDevice": {client: true, user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.CheckDevice(s.Context(), c, bank, bankSite, symbolon.DecisionRequest{Proof: s.phone.prove()})
		return err
	}},
	"BindSession": {client: true, user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.BindSession(s.Context(), c, bank, registry.SessionAnswer{Origin: bankSite, Response: "no JWS"})
		return err
	}},
	"RenewPass": {client: true, user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.RenewPass(s.Context(), c, bank, registry.SessionAnswer{Origin: bankSite, ID: "none", Response: "no JWS"})
		return err
	}},
	"Introspect": {scope: symbolon.ScopeDecisions, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.Introspect(s.Context(), c, bank, "no token")
		return err
	}},
	"IssueTicket": {scope: symbolon.ScopeTickets, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.IssueTicket(s.Context(), c, bank, symbolon.TicketRequest{UserID: ada})
		return err
	}},
	"AccountLink": {scope: symbolon.ScopeTickets, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.AccountLink(s.Context(), c, bank, symbolon.AccountLinkRequest{UserID: ada})
		return err
	}},
	"Register": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, _, err := s.reg.Register(s.Context(), c, bank, s.fresh.registration())
		return err
	}},
	"RegisterKey": {scope: symbolon.ScopeDevicesWrite, call: func(s scene, c symbolon.Caller) error {
		_, _, err := s.reg.RegisterKey(s.Context(), c, bank, bob, symbolon.KeyRegistration{PublicKey: s.newPair(proof.EdDSA).public.JWK()})
		return err
	}},
	"RotateKey": {client: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.RotateKey(s.Context(), c, bank, s.browser.id, s.browser.halves(s.newPair(proof.ES256)))
		return err
	}},

	"ListDevices": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListDevices(s.Context(), c, bank, symbolon.DeviceQuery{}, nil)
		return err
	}},
	"GetDevice": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.GetDevice(s.Context(), c, bank, s.phone.id)
		return err
	}},
	"DeviceEvents": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.DeviceEvents(s.Context(), c, bank, s.phone.id, "", 0)
		return err
	}},
	"ListUserDevices": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListUserDevices(s.Context(), c, bank, ada)
		return err
	}},
	"ListTrustedDevices": {scope: symbolon.ScopeDevicesRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListTrustedDevices(s.Context(), c, bank, ada)
		return err
	}},

	"UpdateDevice": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		name := "Mine"
		_, err := s.reg.UpdateDevice(s.Context(), c, bank, s.phone.id, symbolon.DevicePatch{DeviceName: &name})
		return err
	}},
	"BlockDevice": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.BlockDevice(s.Context(), c, bank, s.phone.id, symbolon.BlockRequest{Reason: "stolen"})
		return err
	}},
	"UnblockDevice": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.UnblockDevice(s.Context(), c, bank, s.phone.id, symbolon.UnblockRequest{})
		return err
	}},
	"ApproveDevice": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ApproveDevice(s.Context(), c, bank, s.phone.id)
		return err
	}},
	"TrustDevice": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.TrustDevice(s.Context(), c, bank, s.browser.id, symbolon.TrustRequest{DecisionID: s.decided, Factor: "otp"})
		return err
	}},
	"DistrustDevice": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.DistrustDevice(s.Context(), c, bank, s.phone.id, symbolon.DistrustRequest{})
		return err
	}},
	"RemoveDevice": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		return s.reg.RemoveDevice(s.Context(), c, bank, s.phone.id)
	}},
	"LiftTombstones": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.LiftTombstones(s.Context(), c, bank, ada)
		return err
	}},
	"ImportTrustedDevices": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ImportTrustedDevices(s.Context(), c, bank, []symbolon.TrustedDevice{record("dev_table", ada)})
		return err
	}},
	"CheckImport": {scope: symbolon.ScopeDevicesWrite, role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.CheckImport(s.Context(), c, bank, []symbolon.TrustedDevice{record("dev_table", ada)})
		return err
	}},

	"RevokeUser": {scope: symbolon.ScopeUsers, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.RevokeUser(s.Context(), c, bank, ada, symbolon.RevocationRequest{Cause: symbolon.CauseSuspicious})
		return err
	}},
	"ReactivateUser": {scope: symbolon.ScopeUsers, role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ReactivateUser(s.Context(), c, bank, ada)
		return err
	}},
	"ExportUser": {scope: symbolon.ScopeUsers, role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ExportUser(s.Context(), c, bank, ada, "")
		return err
	}},
	"EraseUser": {scope: symbolon.ScopeUsers, role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.EraseUser(s.Context(), c, bank, ada)
		return err
	}},
	"ListEvents": {scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListEvents(s.Context(), c, bank, "", 0)
		return err
	}},
	"VerifyLog": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.VerifyLog(s.Context(), c, bank)
		return err
	}},
	"VerifyLogPart": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.VerifyLogPart(s.Context(), c, bank, "")
		return err
	}},
	"LatestEvents": {scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.LatestEvents(s.Context(), c, bank, 10)
		return err
	}},
	"BeginAnswer": {bearer: true, call: func(s scene, c symbolon.Caller) error {
		_, _, err := s.reg.BeginAnswer(s.Context(), c, symbolon.Answer{AppID: bank, Operation: "blockDevice", Key: "k", Payload: []byte("p")})
		return err
	}},

	"GetPolicy": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.GetPolicy(s.Context(), c, bank, true)
		return err
	}},
	"PutPolicy": {role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.PutPolicy(s.Context(), c, bank, json.RawMessage(`{}`), registry.AnyVersion)
		return err
	}},
	"ListPolicyVersions": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListPolicyVersions(s.Context(), c, bank, "", 0)
		return err
	}},
	"GetPolicyVersion": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.GetPolicyVersion(s.Context(), c, bank, "0")
		return err
	}},
	"DiffPolicy": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.DiffPolicy(s.Context(), c, bank, "", "")
		return err
	}},
	"ListRules": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListRules(s.Context(), c, bank)
		return err
	}},
	"CheckPolicy": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.CheckPolicy(s.Context(), c, bank, json.RawMessage(`{}`))
		return err
	}},
	"PolicyLanguage": {role: symbolon.RoleViewer, reach: callersOwn, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.PolicyLanguage(s.Context(), c)
		return err
	}},
	"SimulatePolicy": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.SimulatePolicy(s.Context(), c, bank, symbolon.SimulationRequest{Policy: json.RawMessage(`{}`), Days: 1}, nil)
		return err
	}},
	"ListTallies": {scope: symbolon.ScopeEventsRead, role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListTallies(s.Context(), c, symbolon.TallyQuery{AppID: bank})
		return err
	}},
	"BeginIncident": {role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.BeginIncident(s.Context(), c, bank, webIncident(symbolon.IncidentDistrust))
		return err
	}},
	"UndoIncident": {role: symbolon.RoleOperator, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.UndoIncident(s.Context(), c, bank, "inc_none", symbolon.UndoRequest{Reason: "x"})
		return err
	}},
	"ListIncidents": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListIncidents(s.Context(), c, bank, nil)
		return err
	}},
	"GetIncident": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.GetIncident(s.Context(), c, bank, "inc_none")
		return err
	}},
	"GetApp": {role: symbolon.RoleViewer, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.GetApp(s.Context(), c, bank)
		return err
	}},
	"UpdateApp": {role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		name := "The Bank"
		_, err := s.reg.UpdateApp(s.Context(), c, bank, symbolon.AppPatch{Name: &name}, registry.AnyVersion)
		return err
	}},
	"ListApps": {role: symbolon.RoleViewer, reach: callersOwn, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListApps(s.Context(), c, "", 0)
		return err
	}},
	"CreateApp": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.CreateApp(s.Context(), c, symbolon.NewApp{Name: "Another"})
		return err
	}},
	"RemoveApp": {role: symbolon.RoleAdmin, reach: allApps, call: func(s scene, c symbolon.Caller) error {
		return s.reg.RemoveApp(s.Context(), c, "no-such-app")
	}},
	"CreateCredential": {role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.CreateCredential(s.Context(), c, bank, symbolon.NewCredential{Name: "x", Role: symbolon.RoleViewer})
		return err
	}},
	"ListCredentials": {role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ListCredentials(s.Context(), c, bank)
		return err
	}},
	"RevokeCredential": {role: symbolon.RoleAdmin, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.RevokeCredential(s.Context(), c, bank, "cred_none")
		return err
	}},

	"MyDevices": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.MyDevices(s.Context(), c, bank, s.phone.self())
		return err
	}},
	"MyTrustedDevices": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.MyTrustedDevices(s.Context(), c, bank, s.phone.self())
		return err
	}},
	"MyEvents": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.MyEvents(s.Context(), c, bank, "", 0)
		return err
	}},
	"UpdateMine": {user: true, call: func(s scene, c symbolon.Caller) error {
		name := "My phone"
		_, err := s.reg.UpdateMine(s.Context(), c, bank, s.phone.id, s.phone.self(), symbolon.DevicePatch{DeviceName: &name})
		return err
	}},
	"TrustMine": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.TrustMine(s.Context(), c, bank, s.browser.id, s.browser.self(), symbolon.TrustRequest{})
		return err
	}},
	"DistrustMine": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.DistrustMine(s.Context(), c, bank, s.phone.id, s.phone.self())
		return err
	}},
	"ReportLost": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ReportLost(s.Context(), c, bank, s.browser.id, s.phone.self())
		return err
	}},
	"RemoveMine": {user: true, call: func(s scene, c symbolon.Caller) error {
		return s.reg.RemoveMine(s.Context(), c, bank, s.phone.id, s.phone.self())
	}},
	"SignOutOthers": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.SignOutOthers(s.Context(), c, bank, s.phone.self())
		return err
	}},
	"ApproveMine": {user: true, call: func(s scene, c symbolon.Caller) error {
		_, err := s.reg.ApproveMine(s.Context(), c, bank, s.browser.id, registry.Self{Proof: s.phone.sign(proof.PurposeApprove)})
		return err
	}},
}

// record is a flat record of an earlier system.
func record(id symbolon.DeviceID, user symbolon.UserID) symbolon.TrustedDevice {
	then := noon.Add(-100 * symbolon.Day)
	print := "an earlier system's fingerprint"
	return symbolon.TrustedDevice{
		Kind: symbolon.TrustedDeviceType, DeviceID: id, UserID: user, DeviceName: "Old laptop", DeviceType: symbolon.TypeLaptop,
		Fingerprint: &print, TrustedAt: then, CreatedAt: then, UpdatedAt: then, UsageCount: 12, RiskScore: 5,
	}
}

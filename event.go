package symbolon

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"slices"
	"time"
)

// EventType is what happened.
type EventType string

// The events. Each is written in the transaction of the change that it tells of.
const (
	EventDeviceRegistered EventType = "device.registered"
	EventDeviceImported   EventType = "device.imported"
	EventDeviceClaimed    EventType = "device.claimed"
	EventDeviceApproved   EventType = "device.approved"
	EventDeviceUpdated    EventType = "device.updated"
	EventDeviceBlocked    EventType = "device.blocked"
	EventDeviceUnblocked  EventType = "device.unblocked"
	EventDeviceTrusted    EventType = "device.trusted"
	EventDeviceDistrusted EventType = "device.distrusted"
	EventDeviceRotated    EventType = "device.rotated"
	EventDeviceRemoved    EventType = "device.removed"
	EventSessionBound     EventType = "device.session_bound"
	EventDeviceDecided    EventType = "device.decided"
	EventUserRevoked      EventType = "user.revoked"
	EventUserReactivated  EventType = "user.reactivated"
	EventUserErased       EventType = "user.erased"
	EventTombstonesLifted EventType = "user.tombstones_lifted"
	EventAppCreated       EventType = "app.created"
	EventAppUpdated       EventType = "app.updated"
	EventCredentialPut    EventType = "credential.created"
	EventCredentialEnded  EventType = "credential.revoked"
	EventAdminCreated     EventType = "admin.created"
	EventAdminUpdated     EventType = "admin.updated"
	EventAdminRemoved     EventType = "admin.removed"
	EventAdminInvited     EventType = "admin.invited"
	EventAdminSignedIn    EventType = "admin.signed_in"
	EventAdminSignedOut   EventType = "admin.signed_out"
	EventAdminPassword    EventType = "admin.password_set"
	EventAdminRefused     EventType = "admin.sign_in_refused"
	EventPasskeyAdded     EventType = "admin.passkey_added"
	EventPasskeyRemoved   EventType = "admin.passkey_removed"
	EventPasskeyDoubted   EventType = "admin.passkey_doubted" // its counter went back: there may be a copy of it
	EventPolicyUpdated    EventType = "policy.updated"
	EventIncidentBegun    EventType = "incident.begun"
	EventIncidentFinished EventType = "incident.finished"
)

// EventTypes lists every type.
var EventTypes = []EventType{
	EventDeviceRegistered, EventDeviceImported, EventDeviceClaimed, EventDeviceApproved, EventDeviceUpdated,
	EventDeviceBlocked, EventDeviceUnblocked, EventDeviceTrusted, EventDeviceDistrusted, EventDeviceRotated,
	EventDeviceRemoved, EventSessionBound, EventDeviceDecided, EventUserRevoked, EventUserReactivated, EventUserErased,
	EventTombstonesLifted, EventAppCreated, EventAppUpdated, EventCredentialPut, EventCredentialEnded,
	EventAdminCreated, EventAdminUpdated, EventAdminRemoved, EventAdminInvited, EventAdminSignedIn, EventAdminSignedOut,
	EventAdminPassword, EventAdminRefused, EventPasskeyAdded, EventPasskeyRemoved, EventPasskeyDoubted,
	EventPolicyUpdated, EventIncidentBegun, EventIncidentFinished,
}

// EventID is the event's place in the store, unique and never used again. It says
// nothing about order between replicas: that is Seq.
type EventID int64

// Event is a line of the append-only log. Its bare facts (app, type, time, kind of
// actor) stay for as long as the log is kept; the rest is personal and goes when its
// user is erased.
type Event struct {
	ID        EventID         `json:"eventId"`
	Seq       int64           `json:"seq,omitempty" doc:"Its place in the app's sealed order; absent until it is sealed"`
	AppID     AppID           `json:"appId"`
	Type      EventType       `json:"type"`
	At        time.Time       `json:"at"`
	Actor     Actor           `json:"actor"`
	UserID    UserID          `json:"userId,omitempty"`
	DeviceID  DeviceID        `json:"deviceId,omitempty"`
	IPAddress string          `json:"ipAddress,omitempty" doc:"Cut after the policy's retention"`
	Data      json.RawMessage `json:"data,omitempty" doc:"What changed, by the event's type"`
	Erased    bool            `json:"erased,omitempty" doc:"Its personal part is gone"`

	Salt       []byte `json:"-"` // hides the personal part in Commitment; erased with it
	Commitment []byte `json:"-"` // kept once the personal part is erased
}

// ForSelf is the event as its user may see it: who did it only by kind, and what staff
// noted and which incident it was part of left out, unless the user did it. Of a decision
// it leaves out what the reasons saw.
func (e Event) ForSelf() Event {
	if d, ok := e.Decided(); ok && slices.ContainsFunc(d.Reasons, func(r DecidedReason) bool { return r.Detail != "" }) {
		for i := range d.Reasons {
			d.Reasons[i].Detail = ""
		}
		e.Data, _ = json.Marshal(d) // plain data always marshals
	}
	if e.Actor.Kind == CallerUser {
		return e
	}
	e.Actor.ID = ""
	var data map[string]json.RawMessage
	if json.Unmarshal(e.Data, &data) != nil {
		return e
	}
	delete(data, "reason")
	delete(data, "incident")
	e.Data, _ = json.Marshal(data) // of raw messages that were just read
	return e
}

// Decided is the data of a [EventDeviceDecided]: what was decided and why.
type Decided struct {
	Recommendation Recommendation  `json:"recommendation"`
	SecondFactor   SecondFactor    `json:"secondFactor"`
	ProofResult    ProofResult     `json:"proofResult"`
	Action         string          `json:"action"`
	PayloadHash    string          `json:"payloadHash,omitempty"`
	Known          bool            `json:"known"`
	Trusted        bool            `json:"trusted"`
	Score          int             `json:"score"`
	Reasons        []DecidedReason `json:"reasons,omitempty"`
	Rules          []string        `json:"rules,omitempty"`    // production rules that held
	Previews       []string        `json:"previews,omitempty"` // preview rules that would have made it stricter
	Place          *Place          `json:"place,omitempty"`    // nil where nothing is known of it
	Moved          bool            `json:"moved,omitempty"`    // the device's history learns the place from this
}

// Decided reads the data of a decision. It is false for any other event, and for one that
// was erased.
func (e Event) Decided() (d Decided, ok bool) {
	ok = e.Type == EventDeviceDecided && json.Unmarshal(e.Data, &d) == nil
	return d, ok
}

// DecidedReason is a reason as it is recorded, so that another policy's points can be
// tried on it later.
type DecidedReason struct {
	Code   string `json:"code"`
	Weight int    `json:"weight,omitempty"` // as in [Reason]
	Detail string `json:"detail,omitempty"` // where it says more than the code does
}

// NewSalt makes the salt of an event's commitment.
func NewSalt() []byte {
	b := make([]byte, 16)
	rand.Read(b)
	return b
}

// Commit is SHA-256 over the salt and the personal part: it shows that the part was not
// changed, and once the salt is erased it says nothing of it. The address is left out,
// since retention cuts it while the event stays.
func (e Event) Commit() []byte {
	if e.Erased {
		return e.Commitment
	}
	var b []byte
	for _, part := range [][]byte{e.Salt, []byte(e.Actor.ID), []byte(e.UserID), []byte(e.DeviceID), e.Data} {
		b = appendPart(b, part)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

// Chain is the digest of the log up to and including e: SHA-256 over the digest before
// it, the bare facts and the commitment to the rest.
func (e Event) Chain(before []byte) []byte {
	var b []byte
	for _, part := range [][]byte{
		before, twoNumbers(int64(e.ID), e.At.UnixMicro()), []byte(e.AppID), []byte(e.Type), []byte(e.Actor.Kind), e.Commit(),
	} {
		b = appendPart(b, part)
	}
	sum := sha256.Sum256(b)
	return sum[:]
}

func twoNumbers(first, second int64) []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(first))
	return binary.BigEndian.AppendUint64(b, uint64(second))
}

// appendPart puts the length before the bytes, so that no two lists of parts read alike.
func appendPart(b, part []byte) []byte {
	b = binary.BigEndian.AppendUint32(b, uint32(len(part)))
	return append(b, part...)
}

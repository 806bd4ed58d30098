package symbolon

import (
	"context"
	"time"
)

// Store keeps everything that lasts. Every method answers [ErrNotFound] for what is not
// there and [ErrUnavailable] where the database can't be reached, full or stopped; it
// never answers "not there" for a fault. Times are kept to the microsecond.
//
// Nothing that is read and then written may stand outside a [Store.Tx].
type Store interface {
	Apps
	Policies
	Credentials
	Admins
	Users
	Devices
	Keys
	Spends
	Decisions
	Events
	Tombstones
	Answers
	Erasures
	Tallies
	Incidents
	Sessions

	// Tx runs f with a Store whose reads and writes are one serialisable transaction:
	// all of it lasts once Tx returns nil, none of it otherwise. f may run several
	// times, so it must have no effect but through its Store, and must not wait for
	// anything else. A cancelled context rolls back. A Tx within a Tx is the outer one.
	Tx(ctx context.Context, f func(Store) error) error

	// Ping tells whether the database answers.
	Ping(ctx context.Context) error

	// Close lets what is under way finish, then closes the database.
	Close() error
}

// Apps keeps apps.
type Apps interface {
	GetApp(ctx context.Context, app AppID) (App, error)

	// ListApps gives up to limit apps in order of id, after the given one.
	ListApps(ctx context.Context, after AppID, limit int) ([]App, error)

	// PutApp stores a new app (Version 0; ErrConflict if the id is taken, or ever was) or a
	// changed one ([ErrStale] if its version is not the stored one), and gives it its next
	// version.
	PutApp(ctx context.Context, a App) (App, error)

	// TakeApp removes the app, its policies, its credentials and its incidents. It is short
	// however much there is under the app: the rest is for ContinueErasure to delete, with
	// user "".
	TakeApp(ctx context.Context, app AppID, at time.Time) error
}

// Policies keeps every version of each app's policy.
type Policies interface {
	// GetPolicy gives the latest version; ErrNotFound where none was ever set.
	GetPolicy(ctx context.Context, app AppID) (PolicyVersion, error)

	// ListPolicies gives up to limit versions below the given one, 0 for all, the latest first.
	ListPolicies(ctx context.Context, app AppID, before int64, limit int) ([]PolicyVersion, error)

	// PutPolicy appends version p.Version, which must be the latest plus one, else ErrStale.
	PutPolicy(ctx context.Context, p PolicyVersion) error
}

// Credentials keeps hashed bearer secrets. App "" holds those of admins on all apps.
type Credentials interface {
	// GetCredential finds by the hash of the secret within one app.
	GetCredential(ctx context.Context, app AppID, hash []byte) (Credential, error)
	ListCredentials(ctx context.Context, app AppID) ([]Credential, error)

	// PutCredential stores a credential, or its changed RevokedAt and Name.
	PutCredential(ctx context.Context, c Credential) error

	// SeeCredential notes when a credential was last used, which does not go back. Of one that
	// is not there it notes nothing.
	SeeCredential(ctx context.Context, app AppID, id CredentialID, at time.Time) error
}

// Users keeps what is known of users beside their devices.
type Users interface {
	// GetUser gives the zero state for a user without a row.
	GetUser(ctx context.Context, app AppID, user UserID) (User, error)
	PutUser(ctx context.Context, u User) error

	// ListUsers gives a page of an app's users that have devices.
	ListUsers(ctx context.Context, q UserQuery) ([]UserSummary, error)

	// EraseUser deletes the user's devices, state and stored answers, and keys that no
	// other user has. It gives the number of devices deleted, and is short however many
	// events there are: those up to now are for ContinueErasure to strip.
	EraseUser(ctx context.Context, app AppID, user UserID) (int, error)
}

// Erasures finishes in bounded steps what EraseUser and TakeApp began, also after a crash.
type Erasures interface {
	// ContinueErasure strips up to limit events of an erased user of what is personal,
	// leaving bare facts that still verify; with user "", it deletes up to limit rows of a
	// removed app. It tells whether more is left. Where nothing was erased, nothing is.
	ContinueErasure(ctx context.Context, app AppID, user UserID, limit int) (more bool, err error)

	// ListErasures gives up to limit erasures that have something left to do, and every
	// app removed less than [RemovalGrace] ago: another replica may still have written.
	ListErasures(ctx context.Context, now time.Time, limit int) ([]PendingErasure, error)

	// PutErased remembers, until the given time, the epoch that a user had when they were
	// erased, by a keyed hash of their id. It replaces what was remembered.
	PutErased(ctx context.Context, app AppID, tag []byte, epoch string, until time.Time) error

	// GetErased gives what PutErased stored, or "".
	GetErased(ctx context.Context, app AppID, tag []byte) (epoch string, err error)
}

// PendingErasure names an erased user, or with user "" a removed app.
type PendingErasure struct {
	AppID  AppID
	UserID UserID
}

// RemovalGrace is how long after its removal an app is looked at again for rows that
// another replica wrote meanwhile.
const RemovalGrace = time.Hour

// Devices keeps devices, with what folds out of their events joined in.
type Devices interface {
	GetDevice(ctx context.Context, app AppID, id DeviceID) (Device, error)

	// GetIdentity is the one read of a decision: the device under (app, user, key), its
	// user's state, and what is around it. Where there is no such device, the user's is the
	// zero state, whatever is stored: it is one statement either way, so that its cost tells
	// nothing.
	GetIdentity(ctx context.Context, app AppID, user UserID, key KeyID) (Identity, error)

	// GetStanding gives a device and its user's state, for requests that show a pass or a
	// token. It may be answered from memory where this process is the only writer: a change
	// counts before it is acknowledged.
	GetStanding(ctx context.Context, app AppID, id DeviceID) (Standing, error)

	// ListUserDevices gives all devices of a user, the latest created first.
	ListUserDevices(ctx context.Context, app AppID, user UserID) ([]Device, error)

	// ListKeyDevices gives the devices of all users that share a key.
	ListKeyDevices(ctx context.Context, app AppID, key KeyID) ([]Device, error)

	// ListSomeKeyDevices gives up to limit of them, the latest created first; where there are
	// thousands, not the latest of all.
	ListSomeKeyDevices(ctx context.Context, app AppID, key KeyID, limit int) ([]Device, error)

	// ListHardwareDevices gives up to limit devices with a manufacturer id, which is not "",
	// the latest created first.
	ListHardwareDevices(ctx context.Context, app AppID, manufacturerID string, limit int) ([]Device, error)

	// ListDevices gives a page and the cursor of the next, "" after the last. It looks at a
	// bounded number of devices, so that a page can be short, or empty, and still lead on. A
	// cursor that this store did not make, or made for another query, is ErrInvalidRequest.
	ListDevices(ctx context.Context, q DeviceQuery) ([]Device, string, error)

	// WalkDevices gives up to limit devices of an app in order of id, after the given one.
	WalkDevices(ctx context.Context, app AppID, after DeviceID, limit int) ([]Device, error)

	// CountDevices gives how many devices of any state the app has.
	CountDevices(ctx context.Context, app AppID) (int64, error)

	// ListDueDevices gives up to limit devices of any app whose block ended, or whose
	// approval was not given, by the given times.
	ListDueDevices(ctx context.Context, blockUntil, pendingSince time.Time, limit int) ([]Device, error)

	// PutDevice stores a new device (Version 0; ErrConflict if (app, user, key) or the id
	// is taken) or a changed one (ErrStale), and gives it its next version. The folded
	// members are stored with a new device only; PublicKey, Thumbprint and KeyStorage are
	// those of its [Key], whatever d says.
	PutDevice(ctx context.Context, d Device) (Device, error)

	// TakeDevice removes it, and its key if no other device has it and it is not blocked
	// for all users: such a block must hold for future ones.
	TakeDevice(ctx context.Context, app AppID, id DeviceID) error
}

// Keys keeps public keys, and every thumbprint that a key has or had.
type Keys interface {
	GetKey(ctx context.Context, app AppID, id KeyID) (Key, error)

	// GetKeyByThumbprint finds a key by a present or past thumbprint; past tells which.
	GetKeyByThumbprint(ctx context.Context, app AppID, thumbprint string) (k Key, past bool, err error)

	// ListThumbprints gives every thumbprint that the key has or had.
	ListThumbprints(ctx context.Context, app AppID, id KeyID) ([]string, error)

	// PutKey stores a new key (Version 0; ErrConflict if its id or thumbprint is taken,
	// also by a past one) or a changed one (ErrStale). With a new thumbprint the one
	// before becomes past, and every device of the key has a new version.
	PutKey(ctx context.Context, k Key) (Key, error)
}

// Spends makes single use of what must be used once: challenges of every purpose but
// prove (whose event spends them), tickets, and decisions that trust names.
type Spends interface {
	// TakeSpend returns nil once for each (app, key), else ErrChallengeReplayed. It is
	// remembered until the given time at least.
	TakeSpend(ctx context.Context, app AppID, key []byte, until time.Time) error

	// PruneSpends forgets up to limit spends, and what [Erasures] remembers of erased
	// users, that ended before the given time.
	PruneSpends(ctx context.Context, before time.Time, limit int) (int, error)
}

// Decisions makes the one write of a decision.
type Decisions interface {
	// PutDecision spends the challenge and appends the event at once, or does nothing:
	// ErrChallengeReplayed if it was spent, ErrStale if the device is not at the version
	// that was read.
	PutDecision(ctx context.Context, r DecisionRecord) (EventID, error)

	// ListDecisions gives up to limit decisions of the app in the order of their spend keys,
	// which begin with when their challenge would have ended: about the order in which they
	// were made. It begins after the given key, leaves out those of erased users, and gives
	// no Version.
	ListDecisions(ctx context.Context, app AppID, after []byte, limit int) ([]DecisionRecord, error)

	// ListLatestDecisions gives up to limit decisions of the app backwards in the order of
	// their spend keys, before the given key, nil for the end. It gives each with its Spend,
	// also those of erased users, whose events say nothing.
	ListLatestDecisions(ctx context.Context, app AppID, before []byte, limit int) ([]DecisionRecord, error)

	// GetDecision gives a decision's event.
	GetDecision(ctx context.Context, app AppID, id EventID) (Event, error)
}

// Events is the log.
type Events interface {
	// AppendEvent adds a line; the id is the store's. An event without a salt gets one.
	AppendEvent(ctx context.Context, e Event) (EventID, error)

	// ListEvents gives up to limit events in sealed order, after the given place.
	ListEvents(ctx context.Context, app AppID, after int64, limit int) ([]Event, error)

	// ListDeviceEvents and ListUserEvents give the latest first, before the given id (0
	// for the newest), sealed or not, and without their Seq. A user's are without decisions.
	ListDeviceEvents(ctx context.Context, app AppID, device DeviceID, before EventID, limit int) ([]Event, error)
	ListUserEvents(ctx context.Context, app AppID, user UserID, before EventID, limit int) ([]Event, error)

	// ListLog gives a page of the log, sealed or not and without Seq, and the place where the
	// next begins, 0 after the last. It looks at a bounded number of events, so that a page
	// can be short, or empty, and still lead on.
	ListLog(ctx context.Context, q LogQuery) ([]Event, EventID, error)

	// Seal puts up to limit committed events into sealed order, folds them into their
	// devices and counts them, in one transaction. One sealer works at a time over all
	// replicas; another call meanwhile does nothing.
	Seal(ctx context.Context, now time.Time, limit int) (SealReport, error)
	ListSeals(ctx context.Context, app AppID, after int64, limit int) ([]Seal, error)

	// GetLastSeal gives the batch that ends the sealed order; ErrNotFound where there is none.
	GetLastSeal(ctx context.Context, app AppID) (Seal, error)
	GetCheckpoint(ctx context.Context, app AppID) (Checkpoint, error)

	// CutAddresses shortens, in up to limit events and devices of an app, addresses older
	// than the given time to /24 and /48, and cuts the histories of these devices by
	// [History.Cut].
	CutAddresses(ctx context.Context, app AppID, before time.Time, limit int) (int, error)

	// PruneEvents deletes up to limit sealed events older than the given time, whole
	// batches from the oldest on, and puts the signed checkpoint in their place. A batch
	// is as old as its seal; the first old one goes also if it is above the limit.
	PruneEvents(ctx context.Context, app AppID, before time.Time, limit int, sign func(Checkpoint) []byte) (int, error)
}

// SealReport is what one call of Seal did.
type SealReport struct {
	Sealed int           // events sealed now
	Lag    time.Duration // the age of the oldest event that waits still
	More   bool          // more wait
}

// Tombstones remember keyed hashes of the thumbprints of blocked devices that staff
// removed or erased, so that the same key does not come back until staff lift it.
type Tombstones interface {
	PutTombstone(ctx context.Context, t Tombstone) error
	HasTombstone(ctx context.Context, app AppID, keyTag []byte) (bool, error)

	// TakeTombstones lifts all of a user, and gives their number.
	TakeTombstones(ctx context.Context, app AppID, userTag []byte) (int, error)
}

// Tombstone holds HMACs only: of (app, user), and of (app, user, thumbprint).
type Tombstone struct {
	AppID   AppID
	UserTag []byte
	KeyTag  []byte
	At      time.Time
}

// Answers keeps the answers to writes that carried an Idempotency-Key.
type Answers interface {
	// ReserveAnswer stores a, without a Status, if nothing is there under its app, caller,
	// operation and key, or if what is there has no Status and is older than the given time.
	// Otherwise it gives what is there, and false.
	ReserveAnswer(ctx context.Context, a Answer, abandonedBefore time.Time) (Answer, bool, error)

	// PutAnswer completes a reserved answer, or answers ErrNotFound if that was erased or
	// pruned meanwhile; with Status 0 it removes it.
	PutAnswer(ctx context.Context, a Answer) error
	PruneAnswers(ctx context.Context, before time.Time, limit int) (int, error)
}

// Answer is what a write was answered with.
type Answer struct {
	AppID     AppID
	Caller    string
	Operation string
	Key       string
	Payload   []byte // SHA-256 of the request
	UserID    UserID // whom it is about, so that erasing finds it
	Status    int    // 0 while in progress
	Header    []byte // JSON of the headers that matter
	Body      []byte
	At        time.Time
}

// Tallies keeps what is counted of the events, hour by hour. Seal counts them.
type Tallies interface {
	// ListTallies gives what was counted of the hours that begin in the given time, in
	// order of hour, kind and name.
	ListTallies(ctx context.Context, q TallyQuery) ([]Tally, error)

	// ListDailyTallies gives what was counted of one kind from one whole hour until before
	// another, added up by days that begin at midnight of a clock so far ahead of UTC. Hour
	// is the beginning of the day.
	ListDailyTallies(ctx context.Context, q TallyQuery, offset time.Duration) ([]Tally, error)

	// AddTallies adds to what was counted of an app.
	AddTallies(ctx context.Context, app AppID, tallies []Tally) error

	// GetCensus gives the app's last census; ErrNotFound where none was taken.
	GetCensus(ctx context.Context, app AppID) (Census, error)

	// PutCensus replaces the app's census, unless a later one is there.
	PutCensus(ctx context.Context, c Census) error

	// PruneTallies forgets up to limit counts of hours that began before the given time.
	PruneTallies(ctx context.Context, before time.Time, limit int) (int, error)
}

// Incidents keeps work on many devices.
type Incidents interface {
	GetIncident(ctx context.Context, app AppID, id string) (Incident, error)

	// ListIncidents gives up to limit incidents of an app, the latest first.
	ListIncidents(ctx context.Context, app AppID, limit int) ([]Incident, error)

	// ListOpenIncidents gives up to limit unfinished incidents of any app, the oldest first.
	ListOpenIncidents(ctx context.Context, limit int) ([]Incident, error)

	// PutIncident stores an incident, or how far it is now. Of a finished one After is not
	// kept.
	PutIncident(ctx context.Context, i Incident) error
}

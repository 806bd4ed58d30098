package registry_test

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// spy stands between the service and its store. It tells of every call, by its name,
// before the call is made, and makes it fail where that answers an error. It implements
// the whole contract by hand, so that a method that is added can't pass by it.
type spy struct {
	inner symbolon.Store
	heard func(method string) error
}

// log is a spy that only listens.
type log struct {
	mu    sync.Mutex
	calls []string
}

// spied puts a listening spy into a world.
func spied() (*log, func(symbolon.Store) symbolon.Store) {
	l := &log{}
	return l, func(s symbolon.Store) symbolon.Store { return &spy{s, l.note} }
}

func (l *log) note(method string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.calls = append(l.calls, method)
	return nil
}

// take gives what was called since it was last asked.
func (l *log) take() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	calls := l.calls
	l.calls = nil
	return calls
}

// writes tells which methods change what is stored.
func writes(method string) bool {
	for _, verb := range []string{"Put", "Take", "See", "Append", "Erase", "Seal", "Prune", "Cut", "Reserve", "Continue", "Add", "Bind"} {
		if strings.HasPrefix(method, verb) {
			return true
		}
	}
	return false
}

func told[T any](s *spy, method string, call func() (T, error)) (none T, err error) {
	if err := s.heard(method); err != nil {
		return none, err
	}
	return call()
}

func (s *spy) Close() error { return s.inner.Close() }

// Tx is told of twice: where it begins, and where it would commit.
func (s *spy) Tx(ctx context.Context, f func(symbolon.Store) error) error {
	if err := s.heard("Tx"); err != nil {
		return err
	}
	return s.inner.Tx(ctx, func(tx symbolon.Store) error {
		if err := f(&spy{tx, s.heard}); err != nil {
			return err
		}
		return s.heard("Commit")
	})
}

func (s *spy) Ping(ctx context.Context) error {
	if err := s.heard("Ping"); err != nil {
		return err
	}
	return s.inner.Ping(ctx)
}

func (s *spy) GetApp(ctx context.Context, app symbolon.AppID) (symbolon.App, error) {
	return told(s, "GetApp", func() (symbolon.App, error) { return s.inner.GetApp(ctx, app) })
}

func (s *spy) ListApps(ctx context.Context, after symbolon.AppID, limit int) ([]symbolon.App, error) {
	return told(s, "ListApps", func() ([]symbolon.App, error) { return s.inner.ListApps(ctx, after, limit) })
}

func (s *spy) PutApp(ctx context.Context, a symbolon.App) (symbolon.App, error) {
	return told(s, "PutApp", func() (symbolon.App, error) { return s.inner.PutApp(ctx, a) })
}

func (s *spy) TakeApp(ctx context.Context, app symbolon.AppID, at time.Time) error {
	if err := s.heard("TakeApp"); err != nil {
		return err
	}
	return s.inner.TakeApp(ctx, app, at)
}

func (s *spy) GetPolicy(ctx context.Context, app symbolon.AppID) (symbolon.PolicyVersion, error) {
	return told(s, "GetPolicy", func() (symbolon.PolicyVersion, error) { return s.inner.GetPolicy(ctx, app) })
}

func (s *spy) PutPolicy(ctx context.Context, p symbolon.PolicyVersion) error {
	if err := s.heard("PutPolicy"); err != nil {
		return err
	}
	return s.inner.PutPolicy(ctx, p)
}

func (s *spy) GetCredential(ctx context.Context, app symbolon.AppID, hash []byte) (symbolon.Credential, error) {
	return told(s, "GetCredential", func() (symbolon.Credential, error) { return s.inner.GetCredential(ctx, app, hash) })
}

func (s *spy) ListCredentials(ctx context.Context, app symbolon.AppID) ([]symbolon.Credential, error) {
	return told(s, "ListCredentials", func() ([]symbolon.Credential, error) { return s.inner.ListCredentials(ctx, app) })
}

func (s *spy) SeeCredential(ctx context.Context, app symbolon.AppID, id symbolon.CredentialID, at time.Time) error {
	if err := s.heard("SeeCredential"); err != nil {
		return err
	}
	return s.inner.SeeCredential(ctx, app, id, at)
}

func (s *spy) PutCredential(ctx context.Context, c symbolon.Credential) error {
	if err := s.heard("PutCredential"); err != nil {
		return err
	}
	return s.inner.PutCredential(ctx, c)
}

func (s *spy) GetUser(ctx context.Context, app symbolon.AppID, user symbolon.UserID) (symbolon.User, error) {
	return told(s, "GetUser", func() (symbolon.User, error) { return s.inner.GetUser(ctx, app, user) })
}

func (s *spy) PutUser(ctx context.Context, u symbolon.User) error {
	if err := s.heard("PutUser"); err != nil {
		return err
	}
	return s.inner.PutUser(ctx, u)
}

func (s *spy) EraseUser(ctx context.Context, app symbolon.AppID, user symbolon.UserID) (int, error) {
	return told(s, "EraseUser", func() (int, error) { return s.inner.EraseUser(ctx, app, user) })
}

func (s *spy) ContinueErasure(ctx context.Context, app symbolon.AppID, user symbolon.UserID, limit int) (bool, error) {
	return told(s, "ContinueErasure", func() (bool, error) { return s.inner.ContinueErasure(ctx, app, user, limit) })
}

func (s *spy) ListErasures(ctx context.Context, now time.Time, limit int) ([]symbolon.PendingErasure, error) {
	return told(s, "ListErasures", func() ([]symbolon.PendingErasure, error) { return s.inner.ListErasures(ctx, now, limit) })
}

func (s *spy) PutErased(ctx context.Context, app symbolon.AppID, tag []byte, epoch string, until time.Time) error {
	if err := s.heard("PutErased"); err != nil {
		return err
	}
	return s.inner.PutErased(ctx, app, tag, epoch, until)
}

func (s *spy) GetErased(ctx context.Context, app symbolon.AppID, tag []byte) (string, error) {
	return told(s, "GetErased", func() (string, error) { return s.inner.GetErased(ctx, app, tag) })
}

func (s *spy) GetDevice(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Device, error) {
	return told(s, "GetDevice", func() (symbolon.Device, error) { return s.inner.GetDevice(ctx, app, id) })
}

func (s *spy) GetIdentity(ctx context.Context, app symbolon.AppID, user symbolon.UserID, key symbolon.KeyID) (symbolon.Identity, error) {
	return told(s, "GetIdentity", func() (symbolon.Identity, error) { return s.inner.GetIdentity(ctx, app, user, key) })
}

func (s *spy) GetStanding(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) (symbolon.Standing, error) {
	return told(s, "GetStanding", func() (symbolon.Standing, error) { return s.inner.GetStanding(ctx, app, id) })
}

func (s *spy) ListUserDevices(ctx context.Context, app symbolon.AppID, user symbolon.UserID) ([]symbolon.Device, error) {
	return told(s, "ListUserDevices", func() ([]symbolon.Device, error) { return s.inner.ListUserDevices(ctx, app, user) })
}

func (s *spy) ListKeyDevices(ctx context.Context, app symbolon.AppID, key symbolon.KeyID) ([]symbolon.Device, error) {
	return told(s, "ListKeyDevices", func() ([]symbolon.Device, error) { return s.inner.ListKeyDevices(ctx, app, key) })
}

func (s *spy) ListDevices(ctx context.Context, q symbolon.DeviceQuery) (page []symbolon.Device, next string, err error) {
	if err = s.heard("ListDevices"); err == nil {
		page, next, err = s.inner.ListDevices(ctx, q)
	}
	return page, next, err
}

func (s *spy) ListDueDevices(ctx context.Context, blockUntil, pendingSince time.Time, limit int) ([]symbolon.Device, error) {
	return told(s, "ListDueDevices", func() ([]symbolon.Device, error) { return s.inner.ListDueDevices(ctx, blockUntil, pendingSince, limit) })
}

func (s *spy) PutDevice(ctx context.Context, d symbolon.Device) (symbolon.Device, error) {
	return told(s, "PutDevice", func() (symbolon.Device, error) { return s.inner.PutDevice(ctx, d) })
}

func (s *spy) TakeDevice(ctx context.Context, app symbolon.AppID, id symbolon.DeviceID) error {
	if err := s.heard("TakeDevice"); err != nil {
		return err
	}
	return s.inner.TakeDevice(ctx, app, id)
}

func (s *spy) GetKey(ctx context.Context, app symbolon.AppID, id symbolon.KeyID) (symbolon.Key, error) {
	return told(s, "GetKey", func() (symbolon.Key, error) { return s.inner.GetKey(ctx, app, id) })
}

func (s *spy) GetKeyByThumbprint(ctx context.Context, app symbolon.AppID, thumbprint string) (k symbolon.Key, past bool, err error) {
	if err = s.heard("GetKeyByThumbprint"); err == nil {
		k, past, err = s.inner.GetKeyByThumbprint(ctx, app, thumbprint)
	}
	return k, past, err
}

func (s *spy) ListThumbprints(ctx context.Context, app symbolon.AppID, id symbolon.KeyID) ([]string, error) {
	return told(s, "ListThumbprints", func() ([]string, error) { return s.inner.ListThumbprints(ctx, app, id) })
}

func (s *spy) PutKey(ctx context.Context, k symbolon.Key) (symbolon.Key, error) {
	return told(s, "PutKey", func() (symbolon.Key, error) { return s.inner.PutKey(ctx, k) })
}

func (s *spy) TakeSpend(ctx context.Context, app symbolon.AppID, key []byte, until time.Time) error {
	if err := s.heard("TakeSpend"); err != nil {
		return err
	}
	return s.inner.TakeSpend(ctx, app, key, until)
}

func (s *spy) PruneSpends(ctx context.Context, before time.Time, limit int) (int, error) {
	return told(s, "PruneSpends", func() (int, error) { return s.inner.PruneSpends(ctx, before, limit) })
}

func (s *spy) PutDecision(ctx context.Context, r symbolon.DecisionRecord) (symbolon.EventID, error) {
	return told(s, "PutDecision", func() (symbolon.EventID, error) { return s.inner.PutDecision(ctx, r) })
}

func (s *spy) GetDecision(ctx context.Context, app symbolon.AppID, id symbolon.EventID) (symbolon.Event, error) {
	return told(s, "GetDecision", func() (symbolon.Event, error) { return s.inner.GetDecision(ctx, app, id) })
}

func (s *spy) AppendEvent(ctx context.Context, e symbolon.Event) (symbolon.EventID, error) {
	return told(s, "AppendEvent", func() (symbolon.EventID, error) { return s.inner.AppendEvent(ctx, e) })
}

func (s *spy) ListEvents(ctx context.Context, app symbolon.AppID, after int64, limit int) ([]symbolon.Event, error) {
	return told(s, "ListEvents", func() ([]symbolon.Event, error) { return s.inner.ListEvents(ctx, app, after, limit) })
}

func (s *spy) ListDeviceEvents(ctx context.Context, app symbolon.AppID, device symbolon.DeviceID, before symbolon.EventID, limit int) ([]symbolon.Event, error) {
	return told(s, "ListDeviceEvents", func() ([]symbolon.Event, error) { return s.inner.ListDeviceEvents(ctx, app, device, before, limit) })
}

func (s *spy) ListUserEvents(ctx context.Context, app symbolon.AppID, user symbolon.UserID, before symbolon.EventID, limit int) ([]symbolon.Event, error) {
	return told(s, "ListUserEvents", func() ([]symbolon.Event, error) { return s.inner.ListUserEvents(ctx, app, user, before, limit) })
}

func (s *spy) Seal(ctx context.Context, now time.Time, limit int) (symbolon.SealReport, error) {
	return told(s, "Seal", func() (symbolon.SealReport, error) { return s.inner.Seal(ctx, now, limit) })
}

func (s *spy) ListSeals(ctx context.Context, app symbolon.AppID, after int64, limit int) ([]symbolon.Seal, error) {
	return told(s, "ListSeals", func() ([]symbolon.Seal, error) { return s.inner.ListSeals(ctx, app, after, limit) })
}

func (s *spy) GetLastSeal(ctx context.Context, app symbolon.AppID) (symbolon.Seal, error) {
	return told(s, "GetLastSeal", func() (symbolon.Seal, error) { return s.inner.GetLastSeal(ctx, app) })
}

func (s *spy) GetCheckpoint(ctx context.Context, app symbolon.AppID) (symbolon.Checkpoint, error) {
	return told(s, "GetCheckpoint", func() (symbolon.Checkpoint, error) { return s.inner.GetCheckpoint(ctx, app) })
}

func (s *spy) CutAddresses(ctx context.Context, app symbolon.AppID, before time.Time, limit int) (int, error) {
	return told(s, "CutAddresses", func() (int, error) { return s.inner.CutAddresses(ctx, app, before, limit) })
}

func (s *spy) PruneEvents(ctx context.Context, app symbolon.AppID, before time.Time, limit int, sign func(symbolon.Checkpoint) []byte) (int, error) {
	return told(s, "PruneEvents", func() (int, error) { return s.inner.PruneEvents(ctx, app, before, limit, sign) })
}

func (s *spy) PutTombstone(ctx context.Context, t symbolon.Tombstone) error {
	if err := s.heard("PutTombstone"); err != nil {
		return err
	}
	return s.inner.PutTombstone(ctx, t)
}

func (s *spy) HasTombstone(ctx context.Context, app symbolon.AppID, keyTag []byte) (bool, error) {
	return told(s, "HasTombstone", func() (bool, error) { return s.inner.HasTombstone(ctx, app, keyTag) })
}

func (s *spy) TakeTombstones(ctx context.Context, app symbolon.AppID, userTag []byte) (int, error) {
	return told(s, "TakeTombstones", func() (int, error) { return s.inner.TakeTombstones(ctx, app, userTag) })
}

func (s *spy) ReserveAnswer(ctx context.Context, a symbolon.Answer, abandonedBefore time.Time) (there symbolon.Answer, first bool, err error) {
	if err = s.heard("ReserveAnswer"); err == nil {
		there, first, err = s.inner.ReserveAnswer(ctx, a, abandonedBefore)
	}
	return there, first, err
}

func (s *spy) PutAnswer(ctx context.Context, a symbolon.Answer) error {
	if err := s.heard("PutAnswer"); err != nil {
		return err
	}
	return s.inner.PutAnswer(ctx, a)
}

func (s *spy) PruneAnswers(ctx context.Context, before time.Time, limit int) (int, error) {
	return told(s, "PruneAnswers", func() (int, error) { return s.inner.PruneAnswers(ctx, before, limit) })
}

func (s *spy) ListPolicies(ctx context.Context, app symbolon.AppID, before int64, limit int) ([]symbolon.PolicyVersion, error) {
	return told(s, "ListPolicies", func() ([]symbolon.PolicyVersion, error) { return s.inner.ListPolicies(ctx, app, before, limit) })
}

func (s *spy) WalkDevices(ctx context.Context, app symbolon.AppID, after symbolon.DeviceID, limit int) ([]symbolon.Device, error) {
	return told(s, "WalkDevices", func() ([]symbolon.Device, error) { return s.inner.WalkDevices(ctx, app, after, limit) })
}

func (s *spy) CountDevices(ctx context.Context, app symbolon.AppID) (int64, error) {
	return told(s, "CountDevices", func() (int64, error) { return s.inner.CountDevices(ctx, app) })
}

func (s *spy) ListDecisions(ctx context.Context, app symbolon.AppID, after []byte, limit int) ([]symbolon.DecisionRecord, error) {
	return told(s, "ListDecisions", func() ([]symbolon.DecisionRecord, error) { return s.inner.ListDecisions(ctx, app, after, limit) })
}

func (s *spy) ListTallies(ctx context.Context, q symbolon.TallyQuery) ([]symbolon.Tally, error) {
	return told(s, "ListTallies", func() ([]symbolon.Tally, error) { return s.inner.ListTallies(ctx, q) })
}

func (s *spy) PruneTallies(ctx context.Context, before time.Time, limit int) (int, error) {
	return told(s, "PruneTallies", func() (int, error) { return s.inner.PruneTallies(ctx, before, limit) })
}

func (s *spy) GetIncident(ctx context.Context, app symbolon.AppID, id string) (symbolon.Incident, error) {
	return told(s, "GetIncident", func() (symbolon.Incident, error) { return s.inner.GetIncident(ctx, app, id) })
}

func (s *spy) ListIncidents(ctx context.Context, app symbolon.AppID, limit int) ([]symbolon.Incident, error) {
	return told(s, "ListIncidents", func() ([]symbolon.Incident, error) { return s.inner.ListIncidents(ctx, app, limit) })
}

func (s *spy) ListOpenIncidents(ctx context.Context, limit int) ([]symbolon.Incident, error) {
	return told(s, "ListOpenIncidents", func() ([]symbolon.Incident, error) { return s.inner.ListOpenIncidents(ctx, limit) })
}

func (s *spy) PutIncident(ctx context.Context, i symbolon.Incident) error {
	if err := s.heard("PutIncident"); err != nil {
		return err
	}
	return s.inner.PutIncident(ctx, i)
}

func (s *spy) GetSession(ctx context.Context, app symbolon.AppID, id string) (symbolon.BoundSession, error) {
	return told(s, "GetSession", func() (symbolon.BoundSession, error) { return s.inner.GetSession(ctx, app, id) })
}

func (s *spy) PutSession(ctx context.Context, b symbolon.BoundSession) error {
	if err := s.heard("PutSession"); err != nil {
		return err
	}
	return s.inner.PutSession(ctx, b)
}

func (s *spy) PruneSessions(ctx context.Context, before time.Time, limit int) (int, error) {
	return told(s, "PruneSessions", func() (int, error) { return s.inner.PruneSessions(ctx, before, limit) })
}

package registry_test

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

func (s *spy) ListUsers(ctx context.Context, q symbolon.UserQuery) ([]symbolon.UserSummary, error) {
	return told(s, "ListUsers", func() ([]symbolon.UserSummary, error) { return s.inner.ListUsers(ctx, q) })
}

func (s *spy) ListHardwareDevices(ctx context.Context, app symbolon.AppID, manufacturerID string, limit int) ([]symbolon.Device, error) {
	return told(s, "ListHardwareDevices", func() ([]symbolon.Device, error) { return s.inner.ListHardwareDevices(ctx, app, manufacturerID, limit) })
}

func (s *spy) ListSomeKeyDevices(ctx context.Context, app symbolon.AppID, key symbolon.KeyID, limit int) ([]symbolon.Device, error) {
	return told(s, "ListSomeKeyDevices", func() ([]symbolon.Device, error) { return s.inner.ListSomeKeyDevices(ctx, app, key, limit) })
}

func (s *spy) ListLatestDecisions(ctx context.Context, app symbolon.AppID, before []byte, limit int) ([]symbolon.DecisionRecord, error) {
	return told(s, "ListLatestDecisions", func() ([]symbolon.DecisionRecord, error) { return s.inner.ListLatestDecisions(ctx, app, before, limit) })
}

func (s *spy) ListDailyTallies(ctx context.Context, q symbolon.TallyQuery, offset time.Duration) ([]symbolon.Tally, error) {
	return told(s, "ListDailyTallies", func() ([]symbolon.Tally, error) { return s.inner.ListDailyTallies(ctx, q, offset) })
}

func (s *spy) GetCensus(ctx context.Context, app symbolon.AppID) (symbolon.Census, error) {
	return told(s, "GetCensus", func() (symbolon.Census, error) { return s.inner.GetCensus(ctx, app) })
}

func (s *spy) GetAdminByExternal(ctx context.Context, e symbolon.External) (symbolon.Admin, error) {
	return told(s, "GetAdminByExternal", func() (symbolon.Admin, error) { return s.inner.GetAdminByExternal(ctx, e) })
}

func (s *spy) ListPasskeys(ctx context.Context, id symbolon.AdminID) ([]symbolon.Passkey, error) {
	return told(s, "ListPasskeys", func() ([]symbolon.Passkey, error) { return s.inner.ListPasskeys(ctx, id) })
}

func (s *spy) GetPasskey(ctx context.Context, credential []byte) (symbolon.Passkey, error) {
	return told(s, "GetPasskey", func() (symbolon.Passkey, error) { return s.inner.GetPasskey(ctx, credential) })
}

func (s *spy) AddTallies(ctx context.Context, app symbolon.AppID, tallies []symbolon.Tally) error {
	if err := s.heard("AddTallies"); err != nil {
		return err
	}
	return s.inner.AddTallies(ctx, app, tallies)
}

func (s *spy) PutCensus(ctx context.Context, c symbolon.Census) error {
	if err := s.heard("PutCensus"); err != nil {
		return err
	}
	return s.inner.PutCensus(ctx, c)
}

func (s *spy) PutPasskey(ctx context.Context, p symbolon.Passkey) error {
	if err := s.heard("PutPasskey"); err != nil {
		return err
	}
	return s.inner.PutPasskey(ctx, p)
}

func (s *spy) TakePasskey(ctx context.Context, admin symbolon.AdminID, id string) error {
	if err := s.heard("TakePasskey"); err != nil {
		return err
	}
	return s.inner.TakePasskey(ctx, admin, id)
}

func (s *spy) BindAdminSession(ctx context.Context, id string, device symbolon.DeviceID) error {
	if err := s.heard("BindAdminSession"); err != nil {
		return err
	}
	return s.inner.BindAdminSession(ctx, id, device)
}

func (s *spy) ListLog(ctx context.Context, q symbolon.LogQuery) ([]symbolon.Event, symbolon.EventID, error) {
	if err := s.heard("ListLog"); err != nil {
		return nil, 0, err
	}
	return s.inner.ListLog(ctx, q)
}

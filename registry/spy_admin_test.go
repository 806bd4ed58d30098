package registry_test

import (
	"context"
	"time"

	"github.com/symbolon-id/symbolon"
)

func (s *spy) GetAdmin(ctx context.Context, id symbolon.AdminID) (symbolon.Admin, error) {
	return told(s, "GetAdmin", func() (symbolon.Admin, error) { return s.inner.GetAdmin(ctx, id) })
}

func (s *spy) GetAdminByLogin(ctx context.Context, login string) (symbolon.Admin, error) {
	return told(s, "GetAdminByLogin", func() (symbolon.Admin, error) { return s.inner.GetAdminByLogin(ctx, login) })
}

func (s *spy) ListAdmins(ctx context.Context, after string, limit int) ([]symbolon.Admin, error) {
	return told(s, "ListAdmins", func() ([]symbolon.Admin, error) { return s.inner.ListAdmins(ctx, after, limit) })
}

func (s *spy) PutAdmin(ctx context.Context, a symbolon.Admin) (symbolon.Admin, error) {
	return told(s, "PutAdmin", func() (symbolon.Admin, error) { return s.inner.PutAdmin(ctx, a) })
}

func (s *spy) GetAdminSession(ctx context.Context, hash []byte) (symbolon.AdminSession, error) {
	return told(s, "GetAdminSession", func() (symbolon.AdminSession, error) { return s.inner.GetAdminSession(ctx, hash) })
}

func (s *spy) ListAdminSessions(ctx context.Context, id symbolon.AdminID) ([]symbolon.AdminSession, error) {
	return told(s, "ListAdminSessions", func() ([]symbolon.AdminSession, error) { return s.inner.ListAdminSessions(ctx, id) })
}

func (s *spy) PruneAdminSessions(ctx context.Context, ended, seen time.Time, limit int) (int, error) {
	return told(s, "PruneAdminSessions", func() (int, error) { return s.inner.PruneAdminSessions(ctx, ended, seen, limit) })
}

func (s *spy) TakeAdmin(ctx context.Context, id symbolon.AdminID) error {
	if err := s.heard("TakeAdmin"); err != nil {
		return err
	}
	return s.inner.TakeAdmin(ctx, id)
}

func (s *spy) SeeAdminSession(ctx context.Context, id string, seen, authenticated time.Time) error {
	if err := s.heard("SeeAdminSession"); err != nil {
		return err
	}
	return s.inner.SeeAdminSession(ctx, id, seen, authenticated)
}

func (s *spy) PutAdminSession(ctx context.Context, a symbolon.AdminSession) error {
	if err := s.heard("PutAdminSession"); err != nil {
		return err
	}
	return s.inner.PutAdminSession(ctx, a)
}

func (s *spy) TakeAdminSession(ctx context.Context, admin symbolon.AdminID, id string) error {
	if err := s.heard("TakeAdminSession"); err != nil {
		return err
	}
	return s.inner.TakeAdminSession(ctx, admin, id)
}

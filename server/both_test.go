package server_test

import (
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/internal/pgtest"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// onBoth tells a story over HTTP on each database.
func onBoth(t *testing.T, story func(t *testing.T, s *symbolontest.Service, app symbolontest.App)) {
	for name, options := range map[string]func(*testing.T) []symbolontest.Option{
		"SQLite": func(*testing.T) []symbolontest.Option { return nil },
		"PostgreSQL": func(t *testing.T) []symbolontest.Option {
			return []symbolontest.Option{symbolontest.OnDatabase(pgtest.Database(t))}
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := symbolontest.Start(t, options(t)...)
			story(t, s, s.NewApp(t))
		})
	}
}

// trusted is a device that its user has registered and trusts.
func trusted(t *testing.T, app symbolontest.App, user symbolon.UserID) *symbolontest.Device {
	t.Helper()
	d := symbolontest.NewDevice(t, app, proof.ES256)
	_, err := d.Register(t.Context(), app.Ticket(t, user))
	must(t, err)
	_, err = d.Trust(t.Context())
	must(t, err)
	return d
}

// asRole is an admin of the app with no more than the role.
func asRole(t *testing.T, s *symbolontest.Service, app symbolontest.App, role symbolon.Role) *client.Client {
	t.Helper()
	admin := s.Admin.For(app.ID)
	made, err := admin.CreateCredential(t.Context(), symbolon.NewCredential{Name: string(role), Role: role})
	must(t, err)
	return admin.As(made.Key)
}

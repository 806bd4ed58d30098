package symbolontest

import (
	"encoding/json"
	"testing"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// App is an app of a [Service], as each kind of caller reaches it. Its clients repeat
// nothing, so that a test sees each answer.
type App struct {
	ID      symbolon.AppID
	Key     string         // bearer of the app's backend, with every scope
	Admin   *client.Client // an admin's
	Backend *client.Client // the app's own
	Device  *client.Client // what speaks without a bearer
}

// NewApp makes an app with a made-up id, whose pages on the origins may call the service.
func (s *Service) NewApp(tb testing.TB, origins ...string) App {
	tb.Helper()
	made, err := s.Admin.CreateApp(tb.Context(), symbolon.NewApp{Name: "An app of " + tb.Name(), Origins: origins})
	must(tb, err)
	return s.App(made.App.ID, made.Credential.Key)
}

// App gives an app that is there already, such as one made on another replica.
func (s *Service) App(id symbolon.AppID, key string) App {
	admin := s.Admin.For(id)
	return App{ID: id, Key: key, Admin: admin, Backend: admin.As(key), Device: admin.As("")}
}

// Ticket is the backend's word that the user has just signed in with a second factor.
func (a App) Ticket(tb testing.TB, user symbolon.UserID) string {
	tb.Helper()
	t, err := a.Backend.IssueTicket(tb.Context(), symbolon.TicketRequest{UserID: user, Factor: "otp"})
	must(tb, err)
	return t.Ticket
}

// SetPolicy sets the app's policy, a JSON document over the defaults.
func (a App) SetPolicy(tb testing.TB, document string) {
	tb.Helper()
	_, err := a.Admin.PutPolicy(tb.Context(), json.RawMessage(document), client.AnyVersion)
	must(tb, err)
}

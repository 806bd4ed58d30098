package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"runtime"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/examples/bank"
)

// demoApp is the id of the bank's app.
const demoApp symbolon.AppID = "bank"

// setUpApp makes the bank's app, or brings it up to date, and gives its backend's client.
func (d *demo) setUpApp(ctx context.Context) (*client.Client, error) {
	admin, err := client.New(client.Config{BaseURL: d.at.origin, App: demoApp, Key: d.adminKey})
	if err != nil {
		return nil, err
	}
	origins := []string{d.first.origin, d.other.origin}
	_, err = admin.CreateApp(ctx, symbolon.NewApp{ID: demoApp, Name: "The example bank", Origins: origins})
	if errors.Is(err, symbolon.ErrConflict) {
		_, err = admin.UpdateApp(ctx, symbolon.AppPatch{Origins: &origins}, client.AnyVersion)
	}
	if err != nil {
		return nil, fmt.Errorf("the bank's app: %w", err)
	}
	if err := putPolicy(ctx, admin); err != nil {
		return nil, fmt.Errorf("the bank's policy: %w", err)
	}
	key, err := renewCredential(ctx, admin)
	if err != nil {
		return nil, fmt.Errorf("the bank's credential: %w", err)
	}
	return admin.As(key), nil
}

// putPolicy leaves a policy that is as it should be at its version.
func putPolicy(ctx context.Context, admin *client.Client) error {
	have, err := admin.GetPolicy(ctx, false)
	if err != nil || string(have.Document) == string(bank.Policy) {
		return err
	}
	_, err = admin.PutPolicy(ctx, bank.Policy, client.AnyVersion)
	return err
}

// renewCredential makes a key for this start of the bank and ends those of earlier ones,
// since a key is shown only once and the demo keeps none.
func renewCredential(ctx context.Context, admin *client.Client) (string, error) {
	have, err := admin.ListCredentials(ctx)
	if err != nil {
		return "", err
	}
	for _, c := range have.Items {
		if c.RevokedAt != nil {
			continue
		}
		if _, err := admin.RevokeCredential(ctx, c.ID); err != nil {
			return "", err
		}
	}
	made, err := admin.CreateCredential(ctx, symbolon.NewCredential{Name: "the bank's backend", Scopes: symbolon.AllScopes})
	return made.Key, err
}

// demoLogin is how to sign in to the bank.
type demoLogin struct {
	User     symbolon.UserID `json:"user"`
	Password string          `json:"password"`
	Secret   string          `json:"totpSecret"`
}

// announce says where everything is, and opens the browser if that was asked for.
func (c *demoCommand) announce(m *Main, d *demo) error {
	var logins []demoLogin
	for _, l := range bank.Logins() {
		logins = append(logins, demoLogin{User: l.User, Password: l.Password, Secret: l.Secret})
	}
	if err := c.print(m, d, logins); err != nil {
		return err
	}
	if !c.Open {
		return nil
	}
	if err := openBrowser(d.first.origin); err != nil {
		d.log.Warn("the browser can't be opened", "error", err)
	}
	return nil
}

func (c *demoCommand) print(m *Main, d *demo, logins []demoLogin) error {
	if c.JSON {
		return json.NewEncoder(m.Stdout).Encode(struct {
			Version string         `json:"version"`
			Service string         `json:"service"`
			App     symbolon.AppID `json:"app"`
			Bank    string         `json:"bank"`
			Other   string         `json:"other"`
			Staff   string         `json:"staff"`
			Logins  []demoLogin    `json:"logins"`
			Data    string         `json:"data"`
		}{buildVersion(), d.at.origin, demoApp, d.first.origin, d.other.origin, d.first.origin + "/staff", logins, c.Data})
	}
	_, err := fmt.Fprintf(m.Stdout, `The example bank is open.

  Bank      %s
  Sign in   %s / %s   (the code is on the page's pretend phone)
  Staff     %s/staff
  Service   %s/docs   (symbolon %s)
  Data      %s

Ctrl-C stops it; the data stays.
`, d.first.origin, logins[0].User, logins[0].Password, d.first.origin, d.at.origin, buildVersion(), c.Data)
	return err
}

func openBrowser(url string) error {
	command := []string{"xdg-open", url}
	switch runtime.GOOS {
	case "darwin":
		command = []string{"open", url}
	case "windows":
		command = []string{"rundll32", "url.dll,FileProtocolHandler", url}
	}
	return exec.Command(command[0], command[1:]...).Start() //nolint:noctx // the browser outlives the demo
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type appCommands struct {
	Create appCreateCommand `cmd:"" help:"Create an app with its first credential."`
}

// remote says which service a command speaks to.
type remote struct {
	URL string `name:"url" default:"http://127.0.0.1:8080" env:"SYMBOLON_URL" placeholder:"URL" help:"Where the service is. Default: ${default}."`
	Key string `name:"key" env:"SYMBOLON_KEY,SYMBOLON_ADMIN_KEY" placeholder:"KEY" help:"The bearer of an admin: a credential, or the service's admin key."`
}

func (r remote) client() (*client.Client, error) {
	if r.Key == "" {
		return nil, invalid("key", "must be given, by --key or SYMBOLON_KEY: the bearer of an admin")
	}
	c, err := client.New(client.Config{BaseURL: r.URL, Key: r.Key})
	if err != nil {
		return nil, invalid("url", "must be where the service is, such as http://127.0.0.1:8080")
	}
	return c, nil
}

type appCreateCommand struct {
	remote `embed:""`
	Name   string         `arg:"" help:"What people call the app."`
	ID     symbolon.AppID `name:"id" placeholder:"ID" help:"The app's id: 1 to 64 of a-z, 0-9, _ and -. Default: one is made up."`
	Origin []string       `placeholder:"ORIGIN" help:"A web origin whose pages may call the public operations, such as http://localhost:3000. May be repeated."`
	JSON   bool           `name:"json" help:"Print JSON."`
}

func (c *appCreateCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.client()
	if err != nil {
		return err
	}
	made, err := service.CreateApp(ctx, symbolon.NewApp{ID: c.ID, Name: c.Name, Origins: c.Origin})
	if err != nil {
		return refusal(err)
	}
	if c.JSON {
		return json.NewEncoder(m.Stdout).Encode(made)
	}
	_, err = fmt.Fprintf(m.Stdout, `Created the app %q.

  App      %s
  Origins  %s
  Key      %s

The key is the bearer of the app's backend. It is shown this once.
`, made.App.Name, made.App.ID, orNone(made.App.Origins), made.Credential.Key)
	return err
}

// refusal is an error in the service's own words, where it answered.
func refusal(err error) error {
	var answered *client.Error
	var said *symbolon.Error
	if errors.As(err, &answered) && answered.Status != 0 && errors.As(err, &said) {
		return fmt.Errorf("%w (%s)", said, said.Code)
	}
	return err
}

func orNone(list []string) string {
	if len(list) == 0 {
		return "none"
	}
	return strings.Join(list, ", ")
}

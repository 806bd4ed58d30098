package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type incidentCommands struct {
	Begin incidentBeginCommand `cmd:"" help:"Distrust or block all devices that match, or count them."`
	Undo  incidentUndoCommand  `cmd:"" help:"Unblock all devices that an incident blocked."`
	List  incidentListCommand  `cmd:"" help:"List incidents, the latest first."`
	Show  incidentShowCommand  `cmd:"" help:"Show an incident, with how far it is."`
}

// incidentMatch is which devices an incident is about.
type incidentMatch struct {
	TrustedFrom    *time.Time            `group:"Devices:" placeholder:"TIME" help:"Trusted, the last time, from then on, such as 2027-01-31T12:00:00Z."`
	TrustedTo      *time.Time            `group:"Devices:" placeholder:"TIME" help:"Trusted, the last time, until then."`
	RegisteredFrom *time.Time            `group:"Devices:" placeholder:"TIME" help:"Registered from then on."`
	RegisteredTo   *time.Time            `group:"Devices:" placeholder:"TIME" help:"Registered until then."`
	SeenFrom       *time.Time            `group:"Devices:" placeholder:"TIME" help:"Last seen, or registered where never seen, from then on."`
	SeenTo         *time.Time            `group:"Devices:" placeholder:"TIME" help:"Last seen, or registered where never seen, until then."`
	Network        []string              `group:"Devices:" placeholder:"NET" help:"Last seen in a network such as 192.0.2.0/24, or ever in a system such as AS64500."`
	Country        []string              `group:"Devices:" placeholder:"CODE" help:"Ever seen in the country, such as PT."`
	LastCountry    []string              `group:"Devices:" placeholder:"CODE" help:"Last seen in the country."`
	AppVersion     []string              `group:"Devices:" placeholder:"VERSION" help:"With this version of the app."`
	KeyStorage     []symbolon.KeyStorage `group:"Devices:" placeholder:"WHERE" help:"With a key in software, browser, hardware or attested."`
	Browser        []string              `group:"Devices:" placeholder:"TEXT" help:"With a browser that begins so, such as Chrome 120."`
	OS             []string              `group:"Devices:" name:"os" placeholder:"TEXT" help:"With a system that begins so, such as Android 9."`
	Platform       []symbolon.Platform   `group:"Devices:" placeholder:"NAME" help:"On web, android, ios or other."`
	Type           []symbolon.DeviceType `group:"Devices:" placeholder:"TYPE" help:"Of this type: desktop, laptop, mobile, tablet, browser, api_client, smart_tv or wearable."`
	BeginsWith     string                `group:"Devices:" placeholder:"TEXT" help:"Whose user, key or name begins so."`
	Status         []symbolon.Status     `group:"Devices:" placeholder:"STATUS" help:"That are active, pending, blocked or unbound."`
	Trusted        *bool                 `group:"Devices:" negatable:"" help:"Whose trust counts now, or does not."`
	RiskFrom       *int                  `group:"Devices:" placeholder:"SCORE" help:"With this score, or more."`
	RiskTo         *int                  `group:"Devices:" placeholder:"SCORE" help:"With this score, or less."`
}

func (c incidentMatch) match() symbolon.IncidentMatch {
	return symbolon.IncidentMatch{
		TrustedBetween: between(c.TrustedFrom, c.TrustedTo), RegisteredBetween: between(c.RegisteredFrom, c.RegisteredTo),
		SeenBetween: between(c.SeenFrom, c.SeenTo), Network: c.Network, Country: c.Country, LastCountry: c.LastCountry, AppVersion: c.AppVersion,
		KeyStorage: c.KeyStorage, Browser: c.Browser, OperatingSystem: c.OS, Platform: c.Platform, DeviceType: c.Type,
		BeginsWith: c.BeginsWith, Status: c.Status, Trusted: c.Trusted, RiskFrom: c.RiskFrom, RiskTo: c.RiskTo,
	}
}

func between(from, to *time.Time) *symbolon.Between {
	if from == nil && to == nil {
		return nil
	}
	return &symbolon.Between{From: from, To: to}
}

type incidentBeginCommand struct {
	inApp         `embed:""`
	output        `embed:""`
	confirmed     `embed:""`
	incidentMatch `embed:""`
	Action        symbolon.IncidentAction `arg:"" enum:"distrust,block" help:"What to do: ${enum}."`
	Reason        string                  `required:"" placeholder:"TEXT" help:"What support staff will read on each device."`
	DryRun        bool                    `help:"Only count the devices."`
	Detach        bool                    `help:"Don't wait until it is done: the service goes on by itself."`
}

// Run counts first, unless it is sure: what is blocked by mistake is hard to undo.
func (c *incidentBeginCommand) Run(ctx context.Context, m *Main) error {
	req := symbolon.IncidentRequest{Match: c.match(), Action: c.Action, Reason: c.Reason, DryRun: c.DryRun}
	if err := req.Check(); err != nil {
		return usageError{err}
	}
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	if !c.DryRun && !c.Yes {
		counting := req
		counting.DryRun = true
		counted, err := service.BeginIncident(ctx, counting)
		if err == nil {
			counted, err = finished(ctx, m, service, counted)
		}
		if err != nil {
			return err
		}
		if err := c.ask(ctx, m, "This would %s %s of %d, by the count of just now.", c.Action, count(int(counted.Changed), "device"), counted.Examined); err != nil {
			return err
		}
	}
	i, err := service.BeginIncident(ctx, req)
	if err == nil && !c.Detach {
		i, err = finished(ctx, m, service, i)
	}
	if err != nil {
		return err
	}
	return c.one(m, i, func(w io.Writer) { printIncident(w, i, time.Now()) })
}

type incidentUndoCommand struct {
	inApp  `embed:""`
	output `embed:""`
	ID     string `arg:"" name:"incident" help:"The id of the incident that blocked them."`
	Reason string `required:"" placeholder:"TEXT" help:"What support staff will read on each device."`
	Detach bool   `help:"Don't wait until it is done: the service goes on by itself."`
}

// Run takes back without asking: what an undo does, another block can do again.
func (c *incidentUndoCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	i, err := service.UndoIncident(ctx, c.ID, c.Reason)
	if err == nil && !c.Detach {
		i, err = finished(ctx, m, service, i)
	}
	if err != nil {
		return err
	}
	return c.one(m, i, func(w io.Writer) { printIncident(w, i, time.Now()) })
}

// incidentEvery is how often it is asked how far an incident is.
const incidentEvery = 200 * time.Millisecond

// finished waits for an incident's end. A signal ends the waiting only.
func finished(ctx context.Context, m *Main, service *client.Client, i symbolon.Incident) (symbolon.Incident, error) {
	var err error
	bar := m.newProgress("devices", i.Devices)
	defer bar.end()
	more := time.NewTicker(incidentEvery)
	defer more.Stop()
	for i.FinishedAt == nil {
		select {
		case <-more.C:
		case <-ctx.Done():
			fmt.Fprintf(m.Stderr, "symbolon: the service goes on; symbolon incident show %s tells how far it is\n", i.ID)
			return i, ctx.Err()
		}
		if i, err = service.GetIncident(ctx, i.ID); err != nil {
			return i, err
		}
		bar.at(i.Examined)
	}
	return i, nil
}

type incidentListCommand struct {
	inApp  `embed:""`
	output `embed:""`
}

func (c *incidentListCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	list, err := service.ListIncidents(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	type incident = symbolon.Incident
	number := func(of func(incident) int64) func(incident) string {
		return func(i incident) string { return strconv.FormatInt(of(i), 10) }
	}
	return printList(m, c.output, table[incident]{"incidents", []column[incident]{
		{"incident", func(i incident) string { return i.ID }},
		{"begun", func(i incident) string { return ago(&i.CreatedAt, now) }},
		{"action", incidentAction},
		{"state", func(i incident) string { return incidentState(i) }},
		{"examined", number(func(i incident) int64 { return i.Examined })},
		{"matched", number(func(i incident) int64 { return i.Matched })},
		{"changed", number(func(i incident) int64 { return i.Changed })},
		{"reason", func(i incident) string { return i.Reason }},
	}}, each(list.Items))
}

func incidentAction(i symbolon.Incident) string {
	if i.DryRun {
		return string(i.Action) + " (dry run)"
	}
	return string(i.Action)
}

func incidentState(i symbolon.Incident) string {
	if i.FinishedAt != nil {
		return "done"
	}
	return fmt.Sprintf("%d%%", min(99, 100*i.Examined/max(1, i.Devices)))
}

type incidentShowCommand struct {
	inApp  `embed:""`
	output `embed:""`
	ID     string `arg:"" name:"incident" help:"The incident's id."`
}

func (c *incidentShowCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	i, err := service.GetIncident(ctx, c.ID)
	if err != nil {
		return err
	}
	return c.one(m, i, func(w io.Writer) { printIncident(w, i, time.Now()) })
}

func printIncident(w io.Writer, i symbolon.Incident, now time.Time) {
	match, _ := json.Marshal(i.Match) // of texts and times, which always marshal
	changed := "Changed"
	if i.DryRun {
		changed = "Would change"
	}
	printFacts(w, i.Reason,
		fact{"Incident", i.ID},
		fact{"Action", incidentAction(i)},
		fact{"State", incidentState(i)},
		fact{"Devices that match", string(match)},
		fact{"Examined", fmt.Sprintf("%d of %d", i.Examined, max(i.Devices, i.Examined))},
		fact{"Matched", strconv.FormatInt(i.Matched, 10)},
		fact{changed, strconv.FormatInt(i.Changed, 10)},
		fact{"By", i.By},
		fact{"Begun", moment(&i.CreatedAt, now)},
		fact{"Done", moment(i.FinishedAt, now)},
	)
}

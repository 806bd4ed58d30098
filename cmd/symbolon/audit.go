package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/symbolon-id/symbolon"
)

type auditCommands struct {
	Verify auditVerifyCommand `cmd:"" help:"Hold the log against the chain that it was sealed in."`
}

type auditVerifyCommand struct {
	remote `embed:""`
	output `embed:""`
	App    symbolon.AppID `env:"SYMBOLON_APP" group:"Service:" placeholder:"ID" help:"This app's log only. Default: every app's."`
	Backup string         `type:"path" placeholder:"DIR" help:"Verify a backup, without the service."`
}

// verified is what became of an app's log.
type verified struct {
	App      symbolon.AppID `json:"app"`
	Intact   bool           `json:"intact"`
	Problem  string         `json:"problem,omitempty"`
	Events   int64          `json:"events"`
	PrunedTo int64          `json:"prunedTo,omitempty"`
}

func (c *auditVerifyCommand) Run(ctx context.Context, m *Main) error {
	logs, err := c.verify(ctx, m)
	if err != nil {
		return err
	}
	if err := printList(m, c.output, verifiedTable(), each(logs)); err != nil {
		return err
	}
	for _, log := range logs {
		if !log.Intact {
			return fmt.Errorf("the log of the app %s: %s", log.App, log.Problem)
		}
	}
	return nil
}

func verifiedTable() table[verified] {
	return table[verified]{"apps", []column[verified]{
		{"app", func(v verified) string { return string(v.App) }},
		{"events", func(v verified) string { return fmt.Sprint(v.Events) }},
		{"pruned", func(v verified) string { return fmt.Sprint(v.PrunedTo) }},
		{"log", func(v verified) string {
			if v.Intact {
				return "intact"
			}
			return v.Problem
		}},
	}}
}

func (c *auditVerifyCommand) verify(ctx context.Context, m *Main) ([]verified, error) {
	if c.Backup != "" {
		secrets, err := neededSecretsOf(c.Backup)
		if err != nil {
			return nil, err
		}
		found, err := examine(ctx, m, filepath.Join(c.Backup, databaseName), secrets)
		return found.Logs, err
	}
	service, err := c.admin()
	if err != nil {
		return nil, err
	}
	if c.App != "" {
		log, err := verifyLog(ctx, m, c.App, service.For(c.App).VerifyLog)
		return []verified{log}, err
	}
	var logs []verified
	for app, err := range service.Apps(ctx) {
		if err != nil {
			return nil, err
		}
		log, err := verifyLog(ctx, m, app.ID, service.For(app.ID).VerifyLog)
		if err != nil {
			return nil, err
		}
		logs = append(logs, log)
	}
	return logs, nil
}

// verifyLog joins the parts in which a log is verified.
func verifyLog(ctx context.Context, m *Main, app symbolon.AppID, next func(ctx context.Context, after string) (symbolon.LogCheck, error)) (verified, error) {
	log := verified{App: app, Intact: true}
	var shown *progress
	for after := ""; ; {
		part, err := next(ctx, after)
		if err != nil {
			return log, err
		}
		if shown == nil {
			shown = m.newProgress("verifying "+string(app), part.LastSeq)
			defer shown.end()
		}
		shown.at(part.Seq)
		log.Events += part.Events
		log.PrunedTo = max(log.PrunedTo, part.PrunedTo)
		log.Intact, log.Problem = part.Intact, part.Problem
		if after = part.NextCursor; after == "" || !part.Intact {
			return log, nil
		}
	}
}

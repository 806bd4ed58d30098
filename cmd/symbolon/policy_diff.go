package main

import (
	"context"
	"fmt"
	"io"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type policyDiffCommand struct {
	inApp    `embed:""`
	output   `embed:""`
	File     string `arg:"" optional:"" type:"path" help:"A JSON file, or - for standard input. Default: none, to compare versions."`
	From     *int64 `placeholder:"N" help:"Against this version, 0 for the defaults. Default: the one that is set; without a file, the one before."`
	To       *int64 `placeholder:"N" help:"The version to compare, where no file is given. Default: the one that is set."`
	ExitCode bool   `help:"End with 1 where there is a difference."`
}

func (c *policyDiffCommand) Run(ctx context.Context, m *Main) error {
	if c.File != "" && c.To != nil {
		return invalid("to", "must not be given with a file: that is what is compared")
	}
	diff, err := c.diff(ctx, m)
	if err != nil {
		return err
	}
	err = c.one(m, diff, func(w io.Writer) {
		if c.File == "" {
			fmt.Fprintf(w, "From version %d to %d:\n", diff.From.Version, diff.To.Version)
		} else {
			fmt.Fprintf(w, "Against version %d of the policy:\n", diff.From.Version)
		}
		printChanges(w, diff.Changes)
	})
	if err == nil && c.ExitCode && len(diff.Changes) > 0 {
		return fmt.Errorf("the policies differ in %s", count(len(diff.Changes), "member"))
	}
	return err
}

func (c *policyDiffCommand) diff(ctx context.Context, m *Main) (symbolon.PolicyDiff, error) {
	if c.File != "" {
		return c.diffFile(ctx, m)
	}
	service, err := c.admin(ctx)
	if err != nil {
		return symbolon.PolicyDiff{}, err
	}
	return service.DiffPolicy(ctx, orAny(c.From), orAny(c.To))
}

func orAny(version *int64) int64 {
	if version == nil {
		return client.AnyVersion
	}
	return *version
}

// diffFile compares without asking the service to do more than to show what is set.
func (c *policyDiffCommand) diffFile(ctx context.Context, m *Main) (diff symbolon.PolicyDiff, err error) {
	document, err := readPolicy(m, c.File)
	if err != nil {
		return diff, err
	}
	if _, err := symbolon.ParsePolicy(document); err != nil {
		return diff, usageError{fmt.Errorf("%s: %w", c.File, err)}
	}
	service, err := c.admin(ctx)
	if err != nil {
		return diff, err
	}
	if c.From != nil {
		diff.From, err = service.GetPolicyVersion(ctx, *c.From)
	} else {
		diff.From, err = service.GetPolicy(ctx, false)
	}
	if err != nil {
		return diff, err
	}
	diff.To.AppID = diff.From.AppID
	diff.Changes, err = symbolon.DiffPolicies(diff.From.Document, document)
	diff.From.Document = nil
	return diff, err
}

// printChanges shows each change on a line: + is new, - is gone, ~ is another value.
func printChanges(w io.Writer, changes []symbolon.PolicyChange) {
	if len(changes) == 0 {
		fmt.Fprintln(w, "Nothing differs.")
		return
	}
	var grid [][]string
	for _, c := range changes {
		switch before, after := plain(string(c.Before)), plain(string(c.After)); {
		case before == "null":
			grid = append(grid, []string{"+", c.Path, after})
		case after == "null":
			grid = append(grid, []string{"-", c.Path, before})
		default:
			grid = append(grid, []string{"~", c.Path, before + " → " + after})
		}
	}
	io.WriteString(w, layOut(grid, 0)) //nolint:errcheck // a builder takes all
}

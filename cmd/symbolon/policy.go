package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

type policyCommands struct {
	Show     policyShowCommand     `cmd:"" help:"Show an app's policy, or an earlier version of it."`
	Set      policySetCommand      `cmd:"" help:"Set an app's policy."`
	Diff     policyDiffCommand     `cmd:"" help:"Compare a policy with the one that is set, or two versions, defaults filled in."`
	Versions policyVersionsCommand `cmd:"" help:"List the policy's versions, the latest first."`
	Rules    policyRulesCommand    `cmd:"" help:"List the policy's rules, with how often each held in the last seven days."`
	Simulate policySimulateCommand `cmd:"" help:"Try a policy on the decisions of the last days. Nothing is changed."`
}

type policyShowCommand struct {
	inApp     `embed:""`
	output    `embed:""`
	Effective bool   `xor:"which" help:"Fill in what the document leaves to the defaults."`
	Version   *int64 `xor:"which" placeholder:"N" help:"Print this version as it was put, as JSON; policy set takes it, to restore it."`
}

func (c *policyShowCommand) Run(ctx context.Context, m *Main) error {
	service, err := c.admin(ctx)
	if err != nil {
		return err
	}
	asked, err := c.ask(ctx, service)
	if err != nil {
		return err
	}
	if !c.asJSON(m) && c.Version == nil {
		return c.show(ctx, m, service, asked)
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, asked.Document, "", "  "); err != nil {
		return err
	}
	fmt.Fprintf(m.Stderr, "version %d\n", asked.Version)
	_, err = fmt.Fprintln(m.Stdout, pretty.String())
	return err
}

func (c *policyShowCommand) ask(ctx context.Context, service *client.Client) (symbolon.PolicyVersion, error) {
	if c.Version != nil {
		return service.GetPolicyVersion(ctx, *c.Version)
	}
	return service.GetPolicy(ctx, c.Effective)
}

// show tells of each member what it is, and whether the document says so.
func (c *policyShowCommand) show(ctx context.Context, m *Main, service *client.Client, asked symbolon.PolicyVersion) error {
	whole, err := service.GetPolicy(ctx, true)
	if err != nil {
		return err
	}
	set, all := members{}, members{}
	if err := set.read(asked.Document); err != nil {
		return err
	}
	if err := all.read(whole.Document); err != nil {
		return err
	}
	fmt.Fprintf(m.Stdout, "Version %d\n\n", asked.Version)
	return table[string]{"members", []column[string]{
		{"member", func(name string) string { return name }},
		{"value", func(name string) string { return all[name] }},
		{"from", func(name string) string {
			if _, ok := set[name]; ok && !c.Effective {
				return "policy"
			}
			return ""
		}},
	}}.print(m.Stdout, all.names(), true)
}

// policyFile is a document in a file, or on standard input.
type policyFile struct {
	File string `arg:"" type:"path" help:"A JSON file, or - for standard input."`
}

// proposedPolicy is a document for an app's policy.
type proposedPolicy struct {
	inApp `embed:""`
	policyFile
}

func (p proposedPolicy) open(ctx context.Context, m *Main) (json.RawMessage, *client.Client, error) {
	document, err := p.read(m)
	if err != nil {
		return nil, nil, err
	}
	service, err := p.admin(ctx)
	return document, service, err
}

func (f policyFile) read(m *Main) (json.RawMessage, error) { return readPolicy(m, f.File) }

func readPolicy(m *Main, file string) (json.RawMessage, error) {
	var text []byte
	var err error
	if file == "-" {
		text, err = io.ReadAll(m.Stdin)
	} else {
		text, err = os.ReadFile(file)
	}
	if err != nil {
		return nil, usageError{err}
	}
	if !json.Valid(text) {
		return nil, invalid("file", "must hold a JSON document; %s does not", file)
	}
	return text, nil
}

type policySetCommand struct {
	proposedPolicy
	output  `embed:""`
	Version *int64 `placeholder:"N" help:"The version that it shall replace, as policy show said; refused if the policy changed since. Default: the version that is there when the command begins."`
}

func (c *policySetCommand) Run(ctx context.Context, m *Main) error {
	document, service, err := c.open(ctx, m)
	if err != nil {
		return err
	}
	before, err := service.GetPolicy(ctx, false)
	if err != nil {
		return err
	}
	version := before.Version
	if c.Version != nil {
		version = *c.Version
	}
	if version < 0 {
		return invalid("version", "must not be negative; got %d", version)
	}
	put, err := service.PutPolicy(ctx, document, version)
	if err != nil {
		return err
	}
	changes, err := symbolon.DiffPolicies(before.Document, put.Document)
	if err != nil {
		return err
	}
	return c.one(m, policySet{put.Version, changes}, func(w io.Writer) {
		fmt.Fprintf(w, "The policy has version %d.\n", put.Version)
		printChanges(w, changes)
	})
}

type policySet struct {
	Version int64                   `json:"version"`
	Changes []symbolon.PolicyChange `json:"changes"`
}

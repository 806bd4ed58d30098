package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
	"github.com/symbolon-id/symbolon/proof"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// A policy is tried, put, seen to be wrong, and taken back.
func TestStoryOfAPolicyThatWasTooStrict(t *testing.T) {
	onBoth(t, func(t *testing.T, s *symbolontest.Service, app symbolontest.App) {
		ctx := t.Context()
		phone := trusted(t, app, "alice")
		_, err := phone.Decide(ctx, "alice")
		must(t, err)
		viewer := asRole(t, s, app, symbolon.RoleViewer)
		strict := json.RawMessage(`{"rules":[{"name":"no alice","priority":1,"when":"user.id == 'alice'","recommend":"CHALLENGE","mode":"production"}]}`)

		reports := 0
		tried, err := viewer.SimulatePolicy(ctx, symbolon.SimulationRequest{Policy: strict, Days: 7}, func(symbolon.SimulationProgress) { reports++ })
		must(t, err)
		if tried.Decisions != 2 || tried.Recorded.Trust != 1 || tried.Present.Trust != 1 || tried.Proposed.Challenge != 2 || tried.Changed != 2 {
			t.Errorf("tried, with %d reports: %+v", reports, tried)
		}
		_, err = viewer.PutPolicy(ctx, strict, client.AnyVersion)
		wantCode(t, err, symbolon.ErrForbidden)
		put, err := app.Admin.PutPolicy(ctx, strict, 0)
		must(t, err)
		_, err = app.Admin.PutPolicy(ctx, strict, 0)
		wantCode(t, err, symbolon.ErrPreconditionFailed)
		d, err := phone.Decide(ctx, "alice")
		must(t, err)
		if d.Recommendation != symbolon.RecommendChallenge || d.Rule == nil || *d.Rule != "no alice" {
			t.Errorf("by the strict policy: %+v", d)
		}
		awaitCount(t, viewer, symbolon.TallyRule, "no alice", 1)
		rules, err := viewer.ListRules(ctx)
		must(t, err)
		if len(rules.Items) != 1 || rules.Items[0].Matches != 1 {
			t.Errorf("rules: %+v", rules)
		}

		before, err := viewer.GetPolicyVersion(ctx, 0)
		must(t, err)
		_, err = app.Admin.PutPolicy(ctx, before.Document, put.Version)
		must(t, err)
		if d, err = phone.Decide(ctx, "alice"); err != nil || d.Recommendation != symbolon.RecommendTrust {
			t.Errorf("taken back: %+v, %v", d, err)
		}
		diff, err := viewer.DiffPolicy(ctx, client.AnyVersion, client.AnyVersion)
		must(t, err)
		if len(diff.Changes) != 1 || string(diff.Changes[0].After) != "null" || diff.From.Version != 1 || diff.To.Version != 2 {
			t.Errorf("the last change: %+v", diff)
		}
		var versions []int64
		for v, err := range viewer.PolicyVersions(ctx) {
			must(t, err)
			versions = append(versions, v.Version)
			if v.By == "" || v.At.IsZero() || v.Document != nil {
				t.Errorf("listed: %+v", v)
			}
		}
		if len(versions) != 2 || versions[0] != 2 {
			t.Errorf("versions: %v", versions)
		}
	})
}

// awaitCount waits until so many are counted: the log is sealed in the background.
func awaitCount(t *testing.T, c *client.Client, kind symbolon.TallyKind, name string, want int64) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		list, err := c.ListTallies(ctx, symbolon.TallyQuery{Kind: kind})
		must(t, err)
		for _, tally := range list.Items {
			if tally.Name == name && tally.Count == want {
				return
			}
		}
	}
}

// A phishing page was found: whoever signed in there loses trust, everywhere, soon.
func TestStoryOfAnIncident(t *testing.T) {
	onBoth(t, func(t *testing.T, s *symbolontest.Service, app symbolontest.App) {
		ctx := t.Context()
		befallen, spared := trusted(t, app, "alice"), symbolontest.NewDevice(t, app, proof.ES256)
		_, err := spared.RegisterAs(ctx, app.Ticket(t, "bob"), symbolon.Registration{Platform: symbolon.PlatformAndroid, DeviceType: symbolon.TypeMobile})
		must(t, err)
		operator, viewer := asRole(t, s, app, symbolon.RoleOperator), asRole(t, s, app, symbolon.RoleViewer)
		past := time.Now().Add(-time.Hour)
		req := symbolon.IncidentRequest{
			Match:  symbolon.IncidentMatch{TrustedBetween: &symbolon.Between{From: &past}},
			Action: symbolon.IncidentDistrust, Reason: "a phishing page", DryRun: true,
		}
		_, err = viewer.BeginIncident(ctx, req)
		wantCode(t, err, symbolon.ErrForbidden)
		_, err = operator.BeginIncident(ctx, symbolon.IncidentRequest{Action: "block", Reason: "all of them"})
		wantCode(t, err, symbolon.ErrInvalidRequest)

		counted := done(t, operator, req)
		if counted.Examined != 2 || counted.Matched != 1 || counted.Changed != 1 || counted.Devices != 2 {
			t.Errorf("counted: %+v", counted)
		}
		if d, err := befallen.Decide(ctx, "alice"); err != nil || d.Recommendation != symbolon.RecommendTrust {
			t.Errorf("counting changed something: %+v, %v", d, err)
		}
		req.DryRun = false
		done(t, operator, req)
		if d, err := befallen.Decide(ctx, "alice"); err != nil || d.Recommendation != symbolon.RecommendAllow {
			t.Errorf("the befallen device: %+v, %v", d, err)
		}
		list, err := viewer.ListIncidents(ctx)
		must(t, err)
		if len(list.Items) != 2 || list.Items[0].DryRun || !list.Items[1].DryRun {
			t.Errorf("listed: %+v", list.Items)
		}
		_, err = viewer.GetIncident(ctx, "inc_none")
		wantCode(t, err, symbolon.ErrNotFound)
	})
}

// done begins an incident and waits for its end.
func done(t *testing.T, c *client.Client, req symbolon.IncidentRequest) symbolon.Incident {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	i, err := c.BeginIncident(ctx, req)
	for err == nil && i.FinishedAt == nil {
		i, err = c.GetIncident(ctx, i.ID)
	}
	must(t, err)
	return i
}

// Who has too many devices chooses which of them goes, in one step.
func TestStoryOfAChoice(t *testing.T) {
	onBoth(t, func(t *testing.T, _ *symbolontest.Service, app symbolontest.App) {
		ctx := t.Context()
		app.SetPolicy(t, `{"limits":{"devices":2,"overflow":"user_choose"}}`)
		old, kept := trusted(t, app, "alice"), trusted(t, app, "alice")
		added := symbolontest.NewDevice(t, app, proof.ES256)
		_, err := added.Register(ctx, app.Ticket(t, "alice"))
		wantCode(t, err, symbolon.ErrDeviceLimitReached)
		var said *symbolon.Error
		if !errors.As(err, &said) || len(said.Choices) != 2 {
			t.Fatalf("the choices: %v", err)
		}
		for _, choice := range said.Choices {
			if choice.PublicKey != nil || choice.Name == "" || (choice.ID != old.ID() && choice.ID != kept.ID()) {
				t.Errorf("a choice: %+v", choice)
			}
		}
		_, err = added.RegisterAs(ctx, app.Ticket(t, "alice"), symbolon.Registration{Replace: []symbolon.DeviceID{old.ID()}})
		must(t, err)
		page, err := app.Backend.ListUserDevices(ctx, "alice")
		must(t, err)
		if len(page.Items) != 2 || page.Items[0].ID != added.ID() || page.Items[1].ID != kept.ID() {
			t.Errorf("the devices now: %+v", page.Items)
		}
	})
}

// What an explained decision read, for backends and admins; a client may not ask.
func TestExplainedDecisions(t *testing.T) {
	h := openHouse(t)
	phone := h.newPhone(t, "alice")
	phone.register(t)
	d, err := h.backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: "alice", Proof: phone.prove(t), Explain: true})
	must(t, err)
	if len(d.Signals) == 0 {
		t.Error("nothing was explained")
	}
	d, err = h.admin.Decide(t.Context(), symbolon.DecisionRequest{UserID: "alice", Proof: phone.prove(t), Explain: true})
	must(t, err)
	if len(d.Signals) == 0 || !d.Known || d.Device == nil {
		t.Errorf("explained to an admin: %+v", d)
	}
	viewer, err := h.admin.CreateCredential(t.Context(), symbolon.NewCredential{Name: "viewer", Role: symbolon.RoleViewer})
	must(t, err)
	_, err = h.admin.As(viewer.Key).Decide(t.Context(), symbolon.DecisionRequest{UserID: "alice", Proof: phone.prove(t)})
	wantCode(t, err, symbolon.ErrForbidden)
	if plain := phone.decide(t); plain.Signals != nil {
		t.Errorf("explained without being asked: %+v", plain.Signals)
	}
	_, err = h.backend.As("").Decide(t.Context(), symbolon.DecisionRequest{Proof: phone.prove(t), Explain: true})
	if err == nil {
		t.Error("a client may ask to be told everything")
	}
}

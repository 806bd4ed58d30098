package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/symbolontest"
)

// reading is what one bearer reads of the service, as JSON.
type reading struct {
	s      *symbolontest.Service
	bearer string
}

// get gives the status, and reads the body into out where it is 200.
func (r reading) get(t *testing.T, path string, out any) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", r.s.URL+path, nil)
	must(t, err)
	req.Header.Set("Authorization", "Bearer "+r.bearer)
	resp, err := http.DefaultClient.Do(req)
	must(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	must(t, err)
	if got := resp.Header.Get("Cache-Control"); got != "no-store" {
		t.Errorf("%s may be kept: Cache-Control %q", path, got)
	}
	if resp.StatusCode == http.StatusOK && out != nil {
		must(t, json.Unmarshal(body, out))
	}
	return resp.StatusCode, string(body)
}

// refused wants a 400 that names the field.
func (r reading) refused(t *testing.T, path, field string) {
	t.Helper()
	if status, body := r.get(t, path, nil); status != http.StatusBadRequest || !strings.Contains(body, `"field":"`+field+`"`) {
		t.Errorf("%s: %d %s; want a 400 about %s", path, status, body, field)
	}
}

// Support reads what was decided and why, and what was done since.
func TestStoryOfAnInvestigation(t *testing.T) {
	onBoth(t, func(t *testing.T, s *symbolontest.Service, app symbolontest.App) {
		phone := trusted(t, app, "alice")
		made, err := phone.Decide(t.Context(), "alice")
		must(t, err)
		_, err = app.Backend.BlockDevice(t.Context(), phone.ID(), symbolon.BlockRequest{Reason: "stolen"})
		must(t, err)
		denied, err := phone.Decide(t.Context(), "alice")
		must(t, err)
		support, at := reading{s, app.Key}, "/v1/apps/"+string(app.ID)

		var page symbolon.DecisionPage
		support.get(t, at+"/decisions?limit=2", &page)
		if len(page.Items) != 2 || page.Items[0].ID != denied.ID || page.Items[1].ID != made.ID || page.NextCursor == "" {
			t.Fatalf("decisions: %+v", page)
		}
		support.get(t, at+"/decisions?user=alice&recommendation=DENY&reason=device_blocked&riskTo=100&from="+url.QueryEscape(denied.DecidedAt.Format(time.RFC3339Nano)), &page)
		if len(page.Items) != 1 || page.Items[0].ID != denied.ID || page.Items[0].Risk.Reasons[0].Detail != "The device is blocked." {
			t.Errorf("the denied one: %+v", page)
		}
		var one symbolon.DecisionEntry
		support.get(t, at+"/decisions/"+made.ID, &one)
		if one.Recommendation != symbolon.RecommendTrust || one.UserID != "alice" || one.DeviceID != phone.ID() || !one.DecidedAt.Equal(made.DecidedAt) {
			t.Errorf("the first: %+v", one)
		}
		if status, body := support.get(t, at+"/decisions/dec_none", nil); status != http.StatusNotFound {
			t.Errorf("none: %d %s", status, body)
		}
		var log symbolon.EventPage
		support.get(t, at+"/log?type=device.blocked,device.trusted&user=alice", &log)
		if len(log.Items) != 2 || log.Items[0].Type != symbolon.EventDeviceBlocked || log.Items[1].Type != symbolon.EventDeviceTrusted {
			t.Errorf("log: %+v", log)
		}
		before := "&device=" + string(phone.ID()) + "&before=" + fmt.Sprint(page.Items[0].EventID)
		for query, want := range map[string]string{"limit=1&secondFactor=skip": made.ID, "limit=1&secondFactor=require": denied.ID, "limit=1" + before: made.ID} {
			var found symbolon.DecisionPage
			support.get(t, at+"/decisions?"+query, &found)
			if len(found.Items) != 1 || found.Items[0].ID != want {
				t.Errorf("%s: %+v", query, found)
			}
		}
		for query, want := range map[string]int{"from": 1, "to": 2} {
			var found symbolon.EventPage
			support.get(t, at+"/log?type=device.blocked,device.trusted&"+query+"="+url.QueryEscape(log.Items[0].At.Format(time.RFC3339Nano)), &found)
			if len(found.Items) != want {
				t.Errorf("%s the block: %+v", query, found)
			}
		}
		support.refused(t, at+"/log?type=device.wept", "type")
		support.refused(t, at+"/log?from=then", "from")
		support.refused(t, at+"/decisions?riskFrom=lots", "riskFrom")
		support.refused(t, at+"/decisions?before=7", "before")
		support.refused(t, at+"/decisions?cursor=none", "cursor")
		support.refused(t, at+"/decisions?riskFrom=9&riskTo=3", "riskFrom")
	})
}

// The log of what belongs to no app is for admins of all apps.
func TestTheServiceLog(t *testing.T) {
	onBoth(t, func(t *testing.T, s *symbolontest.Service, app symbolontest.App) {
		for bearer, want := range map[string]int{s.AdminKey: http.StatusOK, app.Key: http.StatusForbidden} {
			status, body := reading{s, bearer}.get(t, "/v1/log?actor=admin", nil)
			if status != want && !(bearer == app.Key && status == http.StatusUnauthorized) {
				t.Errorf("%d %s; want %d", status, body, want)
			}
		}
		reading{s, s.AdminKey}.refused(t, "/v1/log?actor=ghost", "actor")
	})
}

// The page of numbers: how many devices there are, and what was counted by days.
func TestStoryOfTheNumbers(t *testing.T) {
	onBoth(t, func(t *testing.T, s *symbolontest.Service, app symbolontest.App) {
		support, at := reading{s, app.Key}, "/v1/apps/"+string(app.ID)
		trusted(t, app, "alice")
		trusted(t, app, "bob")
		must(t, s.Registry.TakeCensuses(t.Context(), time.Now().Add(time.Hour)))
		var census symbolon.Census
		support.get(t, at+"/census", &census)
		if census.Devices != 2 || census.Users != 2 || census.At.IsZero() || census.Counts[0] != (symbolon.CensusCount{Kind: symbolon.CensusStatus, Name: "active", Count: 2}) {
			t.Errorf("census: %+v", census)
		}
		_, err := app.Backend.Decide(t.Context(), symbolon.DecisionRequest{UserID: "alice"})
		must(t, err)
		must(t, s.Registry.FlushCounts(context.WithoutCancel(t.Context()), time.Now()))
		for _, step := range []string{"", "&step=hour", "&step=day&zone=Europe/Lisbon", "&step=month&zone=Asia/Kolkata"} {
			var list symbolon.TallyList
			support.get(t, at+"/tallies?kind=proof"+step, &list)
			if len(list.Items) != 1 || list.Items[0].Name != "missing" || list.Items[0].Count != 1 || list.Items[0].Hour.Before(list.From) || !list.Items[0].Hour.Before(list.To) {
				t.Errorf("by %q: %+v", step, list)
			}
		}
		support.refused(t, at+"/tallies?kind=proof&step=day&zone=Europe/Atlantis", "zone")
		support.refused(t, at+"/tallies?step=month", "kind")
		support.refused(t, at+"/tallies?kind=proof&step=week", "step")
	})
}

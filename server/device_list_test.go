package server_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/client"
)

// readAs asks as the app's backend for what is at the path, and takes the answer apart.
func readAs[T any](t *testing.T, h *house, path string) (out T) {
	t.Helper()
	a := h.ask(t, "GET", "/v1/apps/bank"+path, "", h.asBackend()...)
	if a.status != http.StatusOK {
		t.Fatalf("%s: %d %s", path, a.status, a.body)
	}
	must(t, json.Unmarshal([]byte(a.body), &out))
	return out
}

// Support looks for a device by all that the list can be asked for.
func TestDevicesAreFoundByEachFilter(t *testing.T) {
	h := openHouse(t, noRates)
	h.newPhone(t, "ann").register(t)
	now := time.Now()
	hour := func(n int) string { return url.QueryEscape(now.Add(time.Duration(n) * time.Hour).Format(time.RFC3339)) }
	for query, want := range map[string]int{
		"platform=android": 1, "platform=web": 0,
		"keyStorage=software": 1, "keyStorage=attested": 0,
		"country=PT": 0,
		"riskFrom=0": 1, "riskTo=0": 1, "riskFrom=1": 0, "riskFrom=0&riskTo=100": 1,
		"seenFrom=" + hour(-1): 1, "seenFrom=" + hour(1): 0, "seenTo=" + hour(1): 1, "seenTo=" + hour(-1): 0,
		"q=an": 1, "q=nobody": 0,
		"q=an&platform=android&keyStorage=software&riskTo=0&status=active&trusted=false&seenFrom=" + hour(-1): 1,
	} {
		for _, sort := range symbolon.DeviceSorts {
			if got := readAs[symbolon.DevicePage](t, h, "/devices?sort="+string(sort)+"&"+query); len(got.Items) != want || got.NextCursor != "" {
				t.Errorf("%s by %s: %d devices, then %q; want %d", query, sort, len(got.Items), got.NextCursor, want)
			}
		}
	}
}

// From a user to their devices, and from a device to who else uses its browser.
func TestStoryOfUsersAndWhatIsRelated(t *testing.T) {
	h := openHouse(t, noRates)
	phone := h.newPhone(t, "auth0|ann")
	anns := phone.register(t)
	phone.user = "bob"
	bobs := phone.register(t)
	h.newPhone(t, "bob").register(t)

	first := readAs[symbolon.UserPage](t, h, "/users?limit=1")
	if len(first.Items) != 1 || first.Items[0].UserID != "auth0|ann" || first.Items[0].Devices != 1 || first.NextCursor == "" {
		t.Errorf("the first page of users: %+v", first)
	}
	rest := readAs[symbolon.UserPage](t, h, "/users?cursor="+url.QueryEscape(first.NextCursor))
	if len(rest.Items) != 1 || rest.Items[0].UserID != "bob" || rest.Items[0].Devices != 2 || rest.NextCursor != "" {
		t.Errorf("the rest of the users: %+v", rest)
	}
	if found := readAs[symbolon.UserPage](t, h, "/users?q=auth0%7C"); len(found.Items) != 1 {
		t.Errorf("a search of users: %+v", found)
	}
	related := readAs[symbolon.RelatedDevices](t, h, "/devices/"+string(anns.ID)+"/related")
	if len(related.SameKey) != 1 || related.SameKey[0].ID != bobs.ID || len(related.SameHardware) != 0 {
		t.Errorf("related to ann's: %+v", related)
	}
	a := h.ask(t, "GET", "/v1/apps/bank/devices/none/related", "", h.asBackend()...)
	a.problem(t, "what is related to none", http.StatusNotFound, "device_unknown")
}

// That trust counts, and until when, is in every JSON view of a device, also where it does
// not count; the flat records stay as they are.
func TestTrustSaysWhetherItCounts(t *testing.T) {
	h := openHouse(t, noRates)
	p := h.newPhone(t, "ann")
	d := p.register(t)
	_, err := h.admin.TrustDevice(t.Context(), d.ID, symbolon.TrustRequest{})
	must(t, err)
	views := map[string]func() answered{
		"the list":        func() answered { return h.ask(t, "GET", "/v1/apps/bank/devices", "", h.asBackend()...) },
		"the user's list": func() answered { return h.ask(t, "GET", "/v1/apps/bank/users/ann/devices", "", h.asBackend()...) },
		"the device":      func() answered { return h.ask(t, "GET", "/v1/apps/bank/devices/"+string(d.ID), "", asAdmin()...) },
		"their own list": func() answered {
			return h.ask(t, "GET", "/v1/apps/bank/me/devices", "", "Authorization", "Bearer "+h.ticket(t, "ann", "otp"))
		},
		"a decision": func() answered {
			return h.ask(t, "POST", "/v1/apps/bank/decisions", `{"proof":"`+p.prove(t)+`"}`, h.asBackend()...)
		},
	}
	for policy, active := range map[string]bool{`{"trust":{"idleTimeout":"P7D"}}`: true, `{"trust":{"enabled":false}}`: false} {
		_, err := h.admin.PutPolicy(t.Context(), []byte(policy), client.AnyVersion)
		must(t, err)
		for where, view := range views {
			a := view()
			says := strings.Contains(a.body, `"active":`+strconv.FormatBool(active)) && !strings.Contains(a.body, `"active":`+strconv.FormatBool(!active))
			if a.status != http.StatusOK || !says || strings.Contains(a.body, `"endsAt":"`) != active {
				t.Errorf("%s under %s: %d %s", where, policy, a.status, a.body)
			}
		}
		if a := h.ask(t, "GET", "/v1/apps/bank/users/ann/trusted-devices", "", h.asBackend()...); strings.Contains(a.body, `"active"`) || strings.Contains(a.body, `"endsAt"`) {
			t.Errorf("a flat record has more than its properties: %s", a.body)
		}
	}
}

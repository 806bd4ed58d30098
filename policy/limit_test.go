package policy_test

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// devices reads "name:type:status:hours since it was last seen" for each device; active
// is left out. They all registered a hundred days before noon.
func devices(t *testing.T, list string) []symbolon.Device {
	t.Helper()
	var have []symbolon.Device
	for _, word := range strings.Fields(list) {
		parts := strings.Split(word, ":")
		d := symbolon.Device{
			ID: symbolon.DeviceID(parts[0]), Type: symbolon.DeviceType(parts[1]), Status: symbolon.StatusActive,
			CreatedAt: noon.Add(-100 * day),
		}
		if len(parts) == 4 {
			d.Status = symbolon.Status(parts[2])
		}
		ago, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil {
			t.Fatalf("%s: %v", word, err)
		}
		d.LastUsedAt = after(-time.Duration(ago) * hour)
		have = append(have, d)
	}
	return have
}

func names(list []symbolon.Device) string {
	var ids []string
	for _, d := range list {
		ids = append(ids, string(d.ID))
	}
	return strings.Join(ids, " ")
}

func TestWhomALimitAdmits(t *testing.T) {
	perType := func(n int) map[symbolon.DeviceType]int { return map[symbolon.DeviceType]int{symbolon.TypeMobile: n} }
	for _, row := range []struct {
		rule   string
		have   string
		limits symbolon.LimitPolicy
		reject string // what a new mobile device is told under reject; "" if it is let in
		evict  string // who goes for it under evict_lru
	}{
		{"the first device comes in", "", symbolon.LimitPolicy{Devices: 1}, "", ""},
		{"below the limit one more comes in", "a:laptop:1", symbolon.LimitPolicy{Devices: 2}, "", ""},
		{"at the limit there is no room", "a:laptop:2 b:mobile:1", symbolon.LimitPolicy{Devices: 2}, "as many devices as the policy allows (2)", "a"},
		{"0 is no limit", "a:laptop:2 b:mobile:1 c:mobile:3", symbolon.LimitPolicy{}, "", ""},
		{"0 for a type is no limit of it", "a:mobile:2 b:mobile:1", symbolon.LimitPolicy{Devices: 3, PerType: perType(0)}, "", ""},
		{"the longest unused goes, in whatever order they come", "a:laptop:1 b:laptop:3 c:laptop:2", symbolon.LimitPolicy{Devices: 3}, "as many devices", "b"},

		{"other types don't count for a type", "a:laptop:9 b:tablet:8", symbolon.LimitPolicy{PerType: perType(1)}, "", ""},
		{"at the limit of its type, one of its type goes", "a:laptop:9 b:mobile:1", symbolon.LimitPolicy{PerType: perType(1)}, "as many devices of type mobile as the policy allows (1)", "b"},
		{"who goes for the type makes room in the whole", "a:laptop:9 b:mobile:1", symbolon.LimitPolicy{Devices: 2, PerType: perType(1)}, "of type mobile", "b"},
		{"the type is told first", "a:mobile:1", symbolon.LimitPolicy{Devices: 1, PerType: perType(1)}, "of type mobile", "a"},
		{"room in its type is not room in the whole", "a:laptop:9 b:mobile:1", symbolon.LimitPolicy{Devices: 2, PerType: perType(2)}, "as many devices as", "a"},
		{"for the type one goes, for the whole another", "a:laptop:9 b:mobile:1 c:laptop:3", symbolon.LimitPolicy{Devices: 2, PerType: perType(1)}, "of type mobile", "b a"},

		{"a lowered limit lets none in until there are fewer", "a:laptop:4 b:laptop:3 c:laptop:2 d:laptop:1", symbolon.LimitPolicy{Devices: 2}, "as many devices", "a b c"},
		{"a lowered limit of a type does the same", "a:mobile:1 b:mobile:3 c:mobile:2 d:laptop:9", symbolon.LimitPolicy{PerType: perType(1)}, "of type mobile", "b c a"},

		{"a blocked device takes no place", "a:laptop:blocked:9", symbolon.LimitPolicy{Devices: 1}, "", ""},
		{"a blocked device never goes", "a:laptop:blocked:9 b:laptop:1", symbolon.LimitPolicy{Devices: 1}, "as many devices", "b"},
		{"a pending device takes no place", "a:laptop:pending:9", symbolon.LimitPolicy{Devices: 1}, "", ""},
		{"a pending device never goes", "a:laptop:pending:9 b:laptop:1", symbolon.LimitPolicy{Devices: 1}, "as many devices", "b"},
		{"an unbound record takes no place", "a:mobile:unbound:9", symbolon.LimitPolicy{Devices: 1, PerType: perType(1)}, "", ""},
		{"an unbound record never goes", "a:mobile:unbound:9 b:mobile:1", symbolon.LimitPolicy{PerType: perType(1)}, "of type mobile", "b"},
	} {
		t.Run(row.rule, func(t *testing.T) {
			have := devices(t, row.have)
			row.limits.Overflow = symbolon.OverflowReject
			gone, err := policy.Admit(have, symbolon.TypeMobile, row.limits)
			if row.reject == "" && err != nil || row.reject != "" && !refused(err, row.reject) || len(gone) > 0 {
				t.Errorf("reject: %q go, error %v; want the error %q", names(gone), err, row.reject)
			}
			row.limits.Overflow = symbolon.OverflowEvictLRU
			if gone, err = policy.Admit(have, symbolon.TypeMobile, row.limits); err != nil || names(gone) != row.evict {
				t.Errorf("evict_lru: %q go, error %v; want %q", names(gone), err, row.evict)
			}
			if names(have) != names(devices(t, row.have)) {
				t.Errorf("the list that was given was changed: %q", names(have))
			}
		})
	}
}

func refused(err error, words string) bool {
	return errors.Is(err, symbolon.ErrDeviceLimitReached) && strings.Contains(err.Error(), words)
}

// Under user_choose the error lists the devices of which some have to go, the longest
// unused first, and says how many.
func TestWhatAUserChoosesFrom(t *testing.T) {
	mobiles := map[symbolon.DeviceType]int{symbolon.TypeMobile: 1}
	for _, row := range []struct {
		rule    string
		have    string
		limits  symbolon.LimitPolicy
		choices string // "" if a new mobile device is let in
		words   string
	}{
		{"below the limit nobody is asked", "a:laptop:1", symbolon.LimitPolicy{Devices: 2}, "", ""},
		{"at the limit any active device can make room", "a:laptop:1 b:mobile:3 c:tablet:2", symbolon.LimitPolicy{Devices: 3}, "b c a", "(3); name 1 of the choices in replace"},
		{"at the limit of its type one of its type", "a:laptop:9 b:mobile:1", symbolon.LimitPolicy{Devices: 9, PerType: mobiles}, "b", "type mobile as the policy allows (1); name 1"},
		{"the limit of its type comes first", "a:laptop:9 b:mobile:1", symbolon.LimitPolicy{Devices: 2, PerType: mobiles}, "b", "of type mobile"},
		{"a lowered limit asks for more", "a:laptop:1 b:mobile:3 c:tablet:2", symbolon.LimitPolicy{Devices: 1}, "b c a", "(1); name 3 of the choices"},
		{"blocked, pending and unbound ones are no choice", "a:laptop:blocked:9 b:laptop:pending:8 c:laptop:unbound:7 d:laptop:1", symbolon.LimitPolicy{Devices: 1}, "d", "name 1"},
	} {
		t.Run(row.rule, func(t *testing.T) {
			row.limits.Overflow = symbolon.OverflowChoose
			gone, err := policy.Admit(devices(t, row.have), symbolon.TypeMobile, row.limits)
			if row.choices == "" && err == nil && len(gone) == 0 {
				return
			}
			var own *symbolon.Error
			if !errors.As(err, &own) || !refused(err, row.words) || names(own.Choices) != row.choices || len(gone) > 0 {
				t.Errorf("got %v; want the choices %q and the words %q", err, row.choices, row.words)
			}
		})
	}
}

func TestRejectingOffersNoChoice(t *testing.T) {
	_, err := policy.Admit(devices(t, "a:laptop:1"), symbolon.TypeMobile, symbolon.LimitPolicy{Devices: 1, Overflow: symbolon.OverflowReject})
	var own *symbolon.Error
	if !errors.As(err, &own) || own.Choices != nil || strings.Contains(own.Message, "replace") {
		t.Errorf("got %+v, want no choices", own)
	}
}

func TestWhatALowerLimitWouldMean(t *testing.T) {
	perType := func(mobiles, laptops int) map[symbolon.DeviceType]int {
		return map[symbolon.DeviceType]int{symbolon.TypeMobile: mobiles, symbolon.TypeLaptop: laptops}
	}
	const have = "a:mobile:1 b:mobile:2 c:mobile:3 d:laptop:4 e:laptop:5 f:tablet:6 g:mobile:blocked:7 h:laptop:pending:8"
	for _, row := range []struct {
		rule   string
		limits symbolon.LimitPolicy
		want   int
	}{
		{"no limit", symbolon.LimitPolicy{}, 0},
		{"as many as there are", symbolon.LimitPolicy{Devices: 6}, 0},
		{"one fewer", symbolon.LimitPolicy{Devices: 5}, 1},
		{"a limit of a type", symbolon.LimitPolicy{PerType: perType(1, 0)}, 2},
		{"limits of two types", symbolon.LimitPolicy{PerType: perType(1, 1)}, 3},
		{"who goes for a type makes room in the whole", symbolon.LimitPolicy{Devices: 4, PerType: perType(1, 0)}, 2},
		{"beyond that more go", symbolon.LimitPolicy{Devices: 2, PerType: perType(1, 0)}, 4},
	} {
		if got := policy.Overfull(devices(t, have), row.limits); got != row.want {
			t.Errorf("%s: got %d, want %d", row.rule, got, row.want)
		}
	}
}

func TestOfTwoThatWereLastSeenTogetherTheOlderGoes(t *testing.T) {
	have := devices(t, "b:laptop:1 a:laptop:1 c:laptop:1")
	have[2].CreatedAt = noon.Add(-101 * day)
	gone, err := policy.Admit(have, symbolon.TypeLaptop, symbolon.LimitPolicy{Devices: 2, Overflow: symbolon.OverflowEvictLRU})
	if err != nil || names(gone) != "c a" {
		t.Errorf("%q go, error %v; want c, which is older, then a, by its id", names(gone), err)
	}
}

func TestADeviceThatWasNeverUsedWasSeenWhenItRegistered(t *testing.T) {
	have := devices(t, "used:laptop:50 fresh:laptop:1")
	have[1].LastUsedAt, have[1].CreatedAt = nil, noon.Add(-hour)
	gone, err := policy.Admit(have, symbolon.TypeLaptop, symbolon.LimitPolicy{Devices: 2, Overflow: symbolon.OverflowEvictLRU})
	if err != nil || names(gone) != "used" {
		t.Errorf("%q go, error %v; want the one that was not used for longer", names(gone), err)
	}
}

// Whatever a user has, afterwards both limits hold, no one went in vain, and only active
// devices went.
func TestEvictionMakesBothLimitsHold(t *testing.T) {
	types := []symbolon.DeviceType{symbolon.TypeMobile, symbolon.TypeLaptop}
	rapid.Check(t, func(t *rapid.T) {
		var have []symbolon.Device
		for i := range rapid.IntRange(0, 12).Draw(t, "devices") {
			have = append(have, symbolon.Device{
				ID:     symbolon.DeviceID(strconv.Itoa(i)),
				Type:   rapid.SampledFrom(types).Draw(t, "type"),
				Status: rapid.SampledFrom(symbolon.Statuses).Draw(t, "status"), CreatedAt: noon.Add(time.Duration(i)),
			})
		}
		limits := symbolon.LimitPolicy{
			Devices: rapid.IntRange(0, 5).Draw(t, "limit"), Overflow: symbolon.OverflowEvictLRU,
			PerType: map[symbolon.DeviceType]int{symbolon.TypeMobile: rapid.IntRange(0, 3).Draw(t, "mobiles")},
		}
		kind := rapid.SampledFrom(types).Draw(t, "kind")
		gone, err := policy.Admit(have, kind, limits)
		if err != nil {
			t.Fatal(err)
		}
		all, ofKind := 1, 1
		for _, d := range have {
			went := slices.ContainsFunc(gone, func(g symbolon.Device) bool { return g.ID == d.ID })
			if went && d.Status != symbolon.StatusActive {
				t.Fatalf("%+v went", d)
			}
			if !went && d.Status == symbolon.StatusActive {
				all++
				if d.Type == kind {
					ofKind++
				}
			}
		}
		within := func(n, limit int) bool { return limit == 0 || n <= limit }
		exactly := func(n, limit int) bool { return limit > 0 && n == limit }
		most := limits.PerType[kind]
		if !within(all, limits.Devices) || !within(ofKind, most) || len(gone) > 0 && !exactly(all, limits.Devices) && !exactly(ofKind, most) {
			t.Fatalf("%q go, leaving %d devices, %d of the type; limits %+v", names(gone), all, ofKind, limits)
		}
	})
}

func TestOnlySoManyDevicesWaitForApproval(t *testing.T) {
	pending := func(n int, since time.Duration) []symbolon.Device {
		return slices.Repeat([]symbolon.Device{{Status: symbolon.StatusPending, CreatedAt: noon.Add(-since)}}, n)
	}
	others := devices(t, "a:laptop:1 b:laptop:blocked:1 c:laptop:unbound:1 d:laptop:1 e:laptop:1 f:laptop:1")
	for rule, c := range map[string]struct {
		have []symbolon.Device
		full bool
	}{
		"the first one may":                      {nil, false},
		"the fifth one may":                      {pending(4, hour), false},
		"the sixth one may not":                  {pending(5, hour), true},
		"devices in other states don't count":    {append(others, pending(4, hour)...), false},
		"those that waited too long don't count": {append(pending(4, hour), pending(5, 7*day)...), false},
		"until then they count":                  {pending(5, 7*day-tick), true},
	} {
		err := policy.AdmitPending(c.have, noon)
		if c.full && !refused(err, "5 devices that wait for approval") || !c.full && err != nil {
			t.Errorf("%s: got %v", rule, err)
		}
	}
}

func TestOnlyAPendingDeviceWaitsInVain(t *testing.T) {
	for _, status := range symbolon.Statuses {
		d := symbolon.Device{Status: status, CreatedAt: noon.Add(-policy.PendingFor)}
		if got := policy.PendingEnded(d, noon); got != (status == symbolon.StatusPending) {
			t.Errorf("%s: got %v", status, got)
		}
	}
}

func TestInWhichStateADeviceBegins(t *testing.T) {
	for _, row := range []struct {
		approval symbolon.Approval
		have     string
		want     symbolon.Status
	}{
		{symbolon.ApprovalNone, "", symbolon.StatusActive},
		{symbolon.ApprovalNone, "a:laptop:1 b:laptop:blocked:1", symbolon.StatusActive},
		{symbolon.ApprovalAdmin, "", symbolon.StatusPending},
		{symbolon.ApprovalAdmin, "a:laptop:1", symbolon.StatusPending},
		{symbolon.ApprovalTrustedDevice, "", symbolon.StatusActive},
		{symbolon.ApprovalTrustedDevice, "a:laptop:unbound:1", symbolon.StatusActive},
		{symbolon.ApprovalTrustedDevice, "a:laptop:1", symbolon.StatusPending},
		{symbolon.ApprovalTrustedDevice, "a:laptop:pending:1", symbolon.StatusPending},
		{symbolon.ApprovalTrustedDevice, "a:laptop:blocked:1", symbolon.StatusPending}, // a blocked key was thrown away
		{"someone", "", symbolon.StatusPending},
	} {
		if got := policy.FirstStatus(devices(t, row.have), symbolon.RegistrationPolicy{Approval: row.approval}); got != row.want {
			t.Errorf("approval %s, beside %q: got %s, want %s", row.approval, row.have, got, row.want)
		}
	}
}

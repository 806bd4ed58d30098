package policy_test

import (
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// A known device may do certain things without another factor; for others it has to be
// trusted.
func ExampleEvaluate() {
	rules, err := symbolon.ParsePolicy([]byte(`{"actions": {"view_balance": {"require": "known"}}}`))
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	facts := policy.Facts{
		Proof:  symbolon.ProofValid,
		User:   &symbolon.User{ID: "ada"},
		Device: &symbolon.Device{UserID: "ada", Status: symbolon.StatusActive, ProvenAt: &now},
		Now:    now,
		Policy: &rules,
	}
	for _, action := range []string{"view_balance", symbolon.ActionLogin} {
		facts.Action = action
		v := policy.Evaluate(facts)
		fmt.Println(action, v.Recommendation, v.SecondFactor, v.Reasons[0].Code)
	}

	facts.Device.Status = symbolon.StatusBlocked
	v := policy.Evaluate(facts)
	fmt.Println("blocked", v.Recommendation, v.SecondFactor, v.Reasons[0].Code)
	// Output:
	// view_balance ALLOW skip not_trusted
	// login ALLOW require not_trusted
	// blocked DENY require device_blocked
}

// A rule makes an answer stricter, and is checked before it is saved.
func ExampleCompile() {
	office := symbolon.Rule{
		Name: "admins work from the office", Priority: 10,
		When:      `action.startsWith("admin.") && !request.ipAddress.within("192.0.2.0/24")`,
		Recommend: symbolon.RecommendDeny, Mode: symbolon.RuleProduction,
	}
	rules, err := policy.Compile([]symbolon.Rule{office})
	if err != nil {
		panic(err)
	}
	usual, now := symbolon.DefaultPolicy(), time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	v := policy.Evaluate(policy.Facts{
		Proof: symbolon.ProofValid, User: &symbolon.User{ID: "ada"}, Action: "admin.users",
		Device: &symbolon.Device{UserID: "ada", Status: symbolon.StatusActive, ProvenAt: &now},
		Now:    now, Policy: &usual, Rules: rules, IPAddress: "203.0.113.7",
	})
	fmt.Println(v.Recommendation, "by", *v.Rule)

	office.When = `request.adress == "192.0.2.7"`
	_, err = policy.Compile([]symbolon.Rule{office})
	fmt.Println(err)
	// Output:
	// DENY by admins work from the office
	// rules[0].when does not compile: line 1, column 8: undefined field 'adress'; request has proof, ipAddress, country, timeZone, asn, network, anonymous, operatingSystem, browser, appVersion, hour, weekday
}

// Under evict_lru the device that was not used for longest makes room.
func ExampleAdmit() {
	january := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	have := []symbolon.Device{
		{Name: "Phone", Status: symbolon.StatusActive, CreatedAt: january.Add(48 * time.Hour)},
		{Name: "Old laptop", Status: symbolon.StatusActive, CreatedAt: january},
	}
	limits := symbolon.LimitPolicy{Devices: 2, Overflow: symbolon.OverflowEvictLRU}
	gone, err := policy.Admit(have, symbolon.TypeLaptop, limits)
	fmt.Println(gone[0].Name, err)

	limits.Overflow = symbolon.OverflowReject
	_, err = policy.Admit(have, symbolon.TypeLaptop, limits)
	fmt.Println(err)
	// Output:
	// Old laptop <nil>
	// the user has as many devices as the policy allows (2)
}

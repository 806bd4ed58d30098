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

package symbolon_test

import (
	"errors"
	"fmt"
	"time"

	"github.com/symbolon-id/symbolon"
)

// A device's trust is held against the policy of now, not of the day it was granted.
func ExampleDevice_TrustAt() {
	granted := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	end := granted.Add(30 * symbolon.Day)
	device := symbolon.Device{
		Status:   symbolon.StatusActive,
		ProvenAt: &granted,
		Trust:    &symbolon.Trust{TrustedAt: granted, GrantedAt: granted, TrustedUntil: &end},
	}
	tenDaysLater := granted.Add(10 * symbolon.Day)

	policy := symbolon.DefaultPolicy().Trust
	fmt.Println(device.TrustAt(tenDaysLater, policy))

	policy.MaxDuration = symbolon.Duration(7 * symbolon.Day)
	fmt.Println(device.TrustAt(tenDaysLater, policy))
	// Output:
	// active
	// expired
}

// One table says what may happen to a device. A verb that holds already changes nothing.
func ExampleDevice_Move() {
	device := symbolon.Device{Status: symbolon.StatusPending}

	to, changed, err := device.Move(symbolon.VerbApprove, true)
	fmt.Println(to, changed, err)

	device.Status = to
	to, changed, err = device.Move(symbolon.VerbApprove, true)
	fmt.Println(to, changed, err)

	device.Status = symbolon.StatusUnbound
	_, _, err = device.Move(symbolon.VerbApprove, true)
	fmt.Println(errors.Is(err, symbolon.ErrConflict), err)
	// Output:
	// active true <nil>
	// active false <nil>
	// true the device is unbound, so it can't be changed by approve
}

// A policy document says only what differs from the defaults.
func ExampleParsePolicy() {
	policy, err := symbolon.ParsePolicy([]byte(`{
		"limits": {"devices": 5, "overflow": "evict_lru"},
		"actions": {"transfer": {"require": "factor"}}
	}`))
	fmt.Println(err)
	fmt.Println(policy.Limits.Devices, policy.Trust.Duration, policy.Actions["login"].Require, policy.Actions["transfer"].Require)

	_, err = symbolon.ParsePolicy([]byte(`{"trust": {"enable": false}}`))
	fmt.Println(err)
	// Output:
	// <nil>
	// 5 P30D trusted factor
	// trust.enable is not known; there are enabled, duration, maxDuration, permanent, idleTimeout
}

func ExampleParseDuration() {
	d, err := symbolon.ParseDuration("P1DT12H")
	fmt.Println(d.Std(), d, err)

	_, err = symbolon.ParseDuration("30d")
	fmt.Println(err)
	// Output:
	// 36h0m0s P1DT12H <nil>
	// "30d" is not a duration; write weeks, days, hours, minutes or seconds in ISO 8601, such as P30D or PT10M
}

// An error is of its code, and says in words which field breaks which rule.
func ExampleError() {
	_, err := symbolon.ParseUserID("")
	var own *symbolon.Error
	fmt.Println(errors.Is(err, symbolon.ErrInvalidRequest), errors.As(err, &own))
	fmt.Println(own.Field + ": " + own.Message)
	// Output:
	// true true
	// userId: userId must not be empty
}

package bank_test

import (
	"strings"
	"testing"
)

const shown = "Pay 12.50 EUR\nTo Corner Bakery\nIBAN NL24 HALF 0417 1643 00\nReference rolls, März"

func TestATransferIsWhatTheCustomerSigned(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	b.signIn(t, "")
	before := b.view(t).says(t, "").Answer.Accounts[0].Balance
	pay := func(changes body) heard {
		order := body{"payee": "bakery", "amount": 1250, "reference": "rolls, März", "proof": b.proof(t, "transfer", shown)}
		for name, value := range changes {
			order[name] = value
		}
		return b.post(t, "transfers", order)
	}

	for name, tampered := range map[string]body{
		"the amount":    {"amount": 12500},
		"the payee":     {"payee": "landlord"},
		"the reference": {"reference": "rolls"},
		"what it signs": {"proof": b.proof(t, "transfer", strings.Replace(shown, "12.50", "1.25", 1))},
		"no payload":    {"proof": b.proof(t, "transfer", "")},
		"the action":    {"proof": b.proof(t, "view", shown)},
		"even a code":   {"amount": 12500, "code": h.code(t, "alice")},
	} {
		t.Run(name, func(t *testing.T) { pay(tampered).says(t, "proof_refused") })
	}
	equal(t, "what was paid so far", before-b.view(t).Answer.Accounts[0].Balance, 0)

	signed := b.proof(t, "transfer", shown)
	equal(t, "what was paid", before-pay(body{"proof": signed}).says(t, "").Answer.Accounts[0].Balance, 1250)
	pay(body{"proof": signed}).says(t, "proof_refused")
	equal(t, "what was paid after a replay", before-b.view(t).Answer.Accounts[0].Balance, 1250)
}

func TestAnUnknownBrowserPaysWithACode(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "bob")
	b.password(t)
	b.post(t, "sign-in/code", body{"code": h.code(t, "bob")}).says(t, "")
	order := body{"payee": "bakery", "amount": 100}
	b.post(t, "transfers", order).says(t, "code_needed")
	order["code"] = "000000"
	b.post(t, "transfers", order).says(t, "wrong_code")
	order["code"] = h.code(t, "bob")
	b.post(t, "transfers", order).says(t, "")
	b.post(t, "transfers", order).says(t, "used_code")
}

func TestOrdersThatTheBankDoesNotTake(t *testing.T) {
	h := openHouse(t)
	b := h.browser(t, "alice")
	b.signIn(t, "")
	b.view(t).says(t, "")
	for _, row := range []struct {
		name  string
		order body
		code  string
	}{
		{"nothing", body{"payee": "bakery", "amount": 0}, "invalid_request"},
		{"less than nothing", body{"payee": "bakery", "amount": -1}, "invalid_request"},
		{"more than the bank moves", body{"payee": "bakery", "amount": 100000001}, "invalid_request"},
		{"half a cent", body{"payee": "bakery", "amount": 0.5}, "invalid_request"},
		{"nobody", body{"payee": "nobody", "amount": 1}, "no_payee"},
		{"a line that looks signed", body{"payee": "bakery", "amount": 1, "reference": "x\nPay 1.00 EUR"}, "invalid_request"},
		{"a long story", body{"payee": "bakery", "amount": 1, "reference": strings.Repeat("x", 71)}, "invalid_request"},
	} {
		t.Run(row.name, func(t *testing.T) { b.post(t, "transfers", row.order).says(t, row.code) })
	}
	rich := body{
		"payee": "bakery", "amount": 99999999,
		"proof": b.proof(t, "transfer", "Pay 999999.99 EUR\nTo Corner Bakery\nIBAN NL24 HALF 0417 1643 00\nReference "),
	}
	b.post(t, "transfers", rich).says(t, "no_funds")
}

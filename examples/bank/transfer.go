package bank

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"slices"

	"github.com/symbolon-id/symbolon"
)

type accountsRequest struct {
	evidence
	Code string `json:"code,omitempty"`
}

func (b *Bank) showAccounts(c *call, in accountsRequest) (any, error) {
	if err := b.check(c, question{action: actionView, evidence: in.evidence, code: in.Code}); err != nil {
		return nil, err
	}
	return b.ledger.show(c.session.user, c.now), nil
}

const (
	maxAmount    = 1_000_000_00
	maxReference = 70
)

type transferRequest struct {
	evidence
	Code      string `json:"code,omitempty"`
	Payee     string `json:"payee"`
	Amount    cents  `json:"amount"`
	Reference string `json:"reference,omitempty"`
}

// order is what the bank is about to do: everything in it comes from the bank's own book
// or was checked, so that its text means one thing only.
type order struct {
	to        payee
	amount    cents
	reference string
}

func (in transferRequest) order() (order, error) {
	at := slices.IndexFunc(payees, func(p payee) bool { return p.ID == in.Payee })
	if at < 0 {
		return order{}, errNoPayee
	}
	if in.Amount < 1 || in.Amount > maxAmount {
		return order{}, invalid("amount must be from 1 to %d cents", maxAmount)
	}
	// No line breaks: a reference must not look like a line of the text that is signed.
	if err := symbolon.CheckOptionalText("reference", in.Reference, maxReference); err != nil {
		return order{}, err
	}
	return order{to: payees[at], amount: in.Amount, reference: in.Reference}, nil
}

// text is what the customer was shown, line by line. The page shows and signs the same.
func (o order) text() string {
	return fmt.Sprintf("Pay %d.%02d EUR\nTo %s\nIBAN %s\nReference %s",
		o.amount/100, o.amount%100, o.to.Name, o.to.IBAN, o.reference)
}

// payloadHash is what must have been signed: the hash of what the bank will do, not of
// what it was told.
func (o order) payloadHash() string {
	sum := sha256.Sum256([]byte(o.text()))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func (b *Bank) transfer(c *call, in transferRequest) (any, error) {
	o, err := in.order()
	if err != nil {
		return nil, err
	}
	q := question{action: actionTransfer, payloadHash: o.payloadHash(), evidence: in.evidence, code: in.Code}
	if in.Proof == "" {
		q.payloadHash = "" // nothing was signed: a code has to stand in
	}
	if err := b.check(c, q); err != nil {
		return nil, err
	}
	if err := b.ledger.pay(c.session.user, o, c.now); err != nil {
		return nil, err
	}
	return b.ledger.show(c.session.user, c.now), nil
}

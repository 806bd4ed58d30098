package bank

import (
	"slices"
	"sync"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Amounts are in euro cents.
type cents int64

type account struct {
	Name    string `json:"name"`
	IBAN    string `json:"iban"`
	Balance cents  `json:"balance"`
}

type payee struct {
	ID   string `json:"id"`
	Name string `json:"name"`
	IBAN string `json:"iban"`
}

type booking struct {
	At     time.Time `json:"at"`
	Text   string    `json:"text"`
	Amount cents     `json:"amount"` // below zero for what went out
}

// statement is a customer's side of the ledger. The first account is the one that pays.
type statement struct {
	Accounts []account `json:"accounts"`
	Payees   []payee   `json:"payees"`
	Bookings []booking `json:"bookings"` // newest first
}

var payees = []payee{
	{ID: "bakery", Name: "Corner Bakery", IBAN: "NL24 HALF 0417 1643 00"},
	{ID: "landlord", Name: "Canal View Homes", IBAN: "NL91 HALF 0300 0652 64"},
	{ID: "sister", Name: "Mia Archer", IBAN: "NL02 HALF 0123 4567 89"},
}

// ledger is the bank's book.
type ledger struct {
	mu    sync.Mutex
	sides map[symbolon.UserID]*statement
}

func newLedger() *ledger { return &ledger{sides: map[symbolon.UserID]*statement{}} }

// side gives a customer's side, opened with something to look at. The caller holds mu.
func (l *ledger) side(user symbolon.UserID, now time.Time) *statement {
	if found, ok := l.sides[user]; ok {
		return found
	}
	day := func(n int) time.Time { return now.Add(-time.Duration(n) * symbolon.Day) }
	made := &statement{
		Accounts: []account{
			{Name: "Everyday", IBAN: "NL55 HALF 0700 1100 22", Balance: 4_218_37},
			{Name: "Rainy days", IBAN: "NL28 HALF 0700 1100 33", Balance: 12_940_00},
		},
		Payees: payees,
		Bookings: []booking{
			{At: day(1), Text: "Greengrocer on the square", Amount: -23_80},
			{At: day(2), Text: "Salary, Lighthouse Studio", Amount: 3_150_00},
			{At: day(4), Text: "Canal View Homes", Amount: -1_180_00},
			{At: day(6), Text: "City Library, late fee", Amount: -1_20},
		},
	}
	l.sides[user] = made
	return made
}

func (l *ledger) show(user symbolon.UserID, now time.Time) statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	side := *l.side(user, now)
	side.Accounts, side.Bookings = slices.Clone(side.Accounts), slices.Clone(side.Bookings)
	return side
}

// pay books an order, whole or not at all.
func (l *ledger) pay(user symbolon.UserID, o order, now time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	side := l.side(user, now)
	from := &side.Accounts[0]
	if from.Balance < o.amount {
		return errNoFunds
	}
	from.Balance -= o.amount
	text := o.to.Name
	if o.reference != "" {
		text += ", " + o.reference
	}
	side.Bookings = slices.Insert(side.Bookings, 0, booking{At: now, Text: text, Amount: -o.amount})
	return nil
}

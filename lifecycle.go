package symbolon

// Status is a device's state.
type Status string

// The states. A removed device has none: it is gone.
const (
	StatusActive  Status = "active"
	StatusPending Status = "pending" // waits for approval
	StatusBlocked Status = "blocked"
	StatusUnbound Status = "unbound" // an imported record without a key: listed, never known
)

// Statuses lists every state.
var Statuses = []Status{StatusActive, StatusPending, StatusBlocked, StatusUnbound}

// Verb is a move in a device's life.
type Verb string

// The verbs.
const (
	VerbApprove  Verb = "approve"
	VerbBlock    Verb = "block"
	VerbUnblock  Verb = "unblock"
	VerbRemove   Verb = "remove"
	VerbClaim    Verb = "claim"
	VerbTrust    Verb = "trust"
	VerbDistrust Verb = "distrust"
	VerbRotate   Verb = "rotate"
)

// statusGone is where remove leads; back stands for the state before the block.
const (
	statusGone Status = ""
	back       Status = "back"
)

// move is one line of the table: what a verb does in a state.
type move struct {
	to        Status
	staffOnly bool
}

// moves is the whole life of a device. What is not in it is refused; a verb that leads
// to the state that is already there changes nothing.
var moves = map[Status]map[Verb]move{
	StatusActive: {
		VerbApprove:  {to: StatusActive},
		VerbBlock:    {to: StatusBlocked},
		VerbUnblock:  {to: StatusActive},
		VerbRemove:   {to: statusGone},
		VerbTrust:    {to: StatusActive},
		VerbDistrust: {to: StatusActive},
		VerbRotate:   {to: StatusActive},
	},
	StatusPending: {
		VerbApprove:  {to: StatusActive},
		VerbBlock:    {to: StatusBlocked},
		VerbUnblock:  {to: StatusPending},
		VerbRemove:   {to: statusGone},
		VerbDistrust: {to: StatusPending},
	},
	StatusBlocked: {
		VerbBlock:    {to: StatusBlocked},
		VerbUnblock:  {to: back, staffOnly: true},
		VerbRemove:   {to: statusGone, staffOnly: true},
		VerbDistrust: {to: StatusBlocked},
	},
	StatusUnbound: {
		VerbBlock:    {to: StatusBlocked},
		VerbUnblock:  {to: StatusUnbound},
		VerbRemove:   {to: statusGone, staffOnly: true},
		VerbClaim:    {to: StatusActive},
		VerbDistrust: {to: StatusUnbound},
	},
}

// Move says where the verb takes the device, and whether that changes its state. A
// staff-only move by its user, or one that the table does not hold, is [ErrConflict]
// with the present state named; by a user on a blocked device it is [ErrDeviceBlocked].
func (d Device) Move(v Verb, staff bool) (to Status, changed bool, err error) {
	m, ok := moves[d.Status][v]
	switch {
	case (!ok || m.staffOnly) && d.Status == StatusBlocked && !staff:
		return d.Status, false, Errorf(ErrDeviceBlocked, "the device is blocked")
	case !ok || (m.staffOnly && !staff):
		return d.Status, false, Errorf(ErrConflict, "the device is %s, so it can't be changed by %s", d.Status, v)
	case m.to == back:
		return d.Block.Before, true, nil
	default:
		return m.to, m.to != d.Status, nil
	}
}

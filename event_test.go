package symbolon_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/symbolon-id/symbolon"
)

// stolen is an event with every member set, and a salt that is known.
func stolen() symbolon.Event {
	return symbolon.Event{
		ID: 7, Seq: 3, AppID: "acme", Type: symbolon.EventDeviceBlocked, At: noon,
		Actor:  symbolon.Actor{Kind: symbolon.CallerAdmin, ID: "cred_1"},
		UserID: "ada", DeviceID: "dev-1", IPAddress: "203.0.113.7",
		Data: json.RawMessage(`{"reason":"stolen"}`),
		Salt: []byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
	}
}

// erased is what stays of an event once its user is erased.
func erased(e symbolon.Event) symbolon.Event {
	return symbolon.Event{
		ID: e.ID, Seq: e.Seq, AppID: e.AppID, Type: e.Type, At: e.At,
		Actor: symbolon.Actor{Kind: e.Actor.Kind}, Erased: true, Commitment: e.Commit(),
	}
}

// Logs are sealed with these digests for as long as they are kept, so they never change.
// They were computed outside this code: SHA-256 over parts, each with its length in four
// bytes before it.
func TestDigestsStayWhatTheyAre(t *testing.T) {
	first := stolen().Chain(nil)
	for name, c := range map[string]struct {
		got  []byte
		want string
	}{
		"the commitment":             {stolen().Commit(), "421a762f37963a780fff4bef425695ab693aedeb939e2051dd0d97284a80e925"},
		"the first link":             {first, "fadd16b2a26286729057b15462ca5fcaffff0e6c46b2229bec02f632a83e2307"},
		"the same event, after that": {stolen().Chain(first), "6870d483bfa624eca98854d8fd0a1a8009ff2aa0855f88bfc57cd37aa707513e"},
		"what a checkpoint signs": {
			symbolon.Checkpoint{AppID: "acme", Seq: 42, At: noon, Chain: first}.Message(),
			"0000001673796d626f6c6f6e2d636865636b706f696e742d76310000000461636d6500000010" +
				"000000000000002a00064c095386700000000020" + hex.EncodeToString(first),
		},
	} {
		if got := hex.EncodeToString(c.got); got != c.want {
			t.Errorf("%s is %s, want %s", name, got, c.want)
		}
	}
}

func TestTheChainCoversAllButTheAddressAndThePlace(t *testing.T) {
	for member, c := range map[string]struct {
		change  func(*symbolon.Event)
		covered bool
	}{
		"the id":                            {func(e *symbolon.Event) { e.ID++ }, true},
		"the app":                           {func(e *symbolon.Event) { e.AppID = "acme2" }, true},
		"the type":                          {func(e *symbolon.Event) { e.Type = symbolon.EventDeviceUnblocked }, true},
		"the time":                          {func(e *symbolon.Event) { e.At = e.At.Add(tick) }, true},
		"the kind of actor":                 {func(e *symbolon.Event) { e.Actor.Kind = symbolon.CallerUser }, true},
		"the actor":                         {func(e *symbolon.Event) { e.Actor.ID = "cred_2" }, true},
		"the user":                          {func(e *symbolon.Event) { e.UserID = "bob" }, true},
		"the device":                        {func(e *symbolon.Event) { e.DeviceID = "dev-2" }, true},
		"the data":                          {func(e *symbolon.Event) { e.Data = json.RawMessage(`{"reason":"sold"}`) }, true},
		"white space in data":               {func(e *symbolon.Event) { e.Data = json.RawMessage(`{"reason": "stolen"}`) }, true},
		"the salt":                          {func(e *symbolon.Event) { e.Salt[0]++ }, true},
		"the address, which retention cuts": {func(e *symbolon.Event) { e.IPAddress = "203.0.113.0" }, false},
		"the place, which the order of links says": {func(e *symbolon.Event) { e.Seq++ }, false},
		"a commitment beside what it commits to":   {func(e *symbolon.Event) { e.Commitment = []byte("x") }, false},
	} {
		changed := stolen()
		c.change(&changed)
		if differs := !bytes.Equal(changed.Chain(nil), stolen().Chain(nil)); differs != c.covered {
			t.Errorf("%s: the digest changes with it: %v, want %v", member, differs, c.covered)
		}
	}
}

// Without lengths between them, moving a character from one part to the next would give
// the same digest.
func TestPartsCanNotRunIntoOneAnother(t *testing.T) {
	base := stolen()
	for name, shift := range map[string]func(*symbolon.Event){
		"from user to device":  func(e *symbolon.Event) { e.UserID, e.DeviceID = "ad", "adev-1" },
		"from actor to user":   func(e *symbolon.Event) { e.Actor.ID, e.UserID = "cred_", "1ada" },
		"from app to type":     func(e *symbolon.Event) { e.AppID, e.Type = "acm", "edevice.blocked" },
		"from type to actor":   func(e *symbolon.Event) { e.Type, e.Actor.Kind = "device.blocke", "dadmin" },
		"all of user to actor": func(e *symbolon.Event) { e.Actor.ID, e.UserID = "cred_1ada", "" },
	} {
		shifted := stolen()
		shift(&shifted)
		if bytes.Equal(shifted.Chain(nil), base.Chain(nil)) {
			t.Errorf("%s: the digest is the same", name)
		}
	}
}

func TestAnErasedEventKeepsItsDigest(t *testing.T) {
	before := symbolon.NewSalt()
	e := erased(stolen())
	if !bytes.Equal(e.Chain(before), stolen().Chain(before)) {
		t.Error("erasing the personal part changed the digest")
	}
	e.Commitment = bytes.Clone(e.Commitment)
	e.Commitment[0]++
	if bytes.Equal(e.Chain(before), stolen().Chain(before)) {
		t.Error("another commitment gave the same digest")
	}
}

func TestWhatAnEventShows(t *testing.T) {
	shown, err := json.Marshal(stolen())
	wantNone(t, err)
	want := `{"eventId":7,"seq":3,"appId":"acme","type":"device.blocked","at":"2026-03-02T12:00:00Z",` +
		`"actor":{"kind":"admin","id":"cred_1"},"userId":"ada","deviceId":"dev-1","ipAddress":"203.0.113.7","data":{"reason":"stolen"}}`
	if string(shown) != want {
		t.Errorf("got  %s\nwant %s", shown, want)
	}
}

// An incident and why it was begun are for staff.
func TestItsUserReadsOfAnEventWhatStaffDidNotNote(t *testing.T) {
	e := stolen()
	e.Data = json.RawMessage(`{"reason":"a phishing page","incident":"inc_1","until":null}`)
	if got := e.ForSelf(); string(got.Data) != `{"until":null}` || got.Actor.ID != "" {
		t.Errorf("by staff: %s by %+v", got.Data, got.Actor)
	}
	e.Actor = symbolon.Actor{Kind: symbolon.CallerUser, ID: "ada"}
	if got := e.ForSelf(); string(got.Data) != string(e.Data) {
		t.Errorf("by its user: %s", got.Data)
	}
}

func TestSaltsDiffer(t *testing.T) {
	if a, b := symbolon.NewSalt(), symbolon.NewSalt(); len(a) != 16 || bytes.Equal(a, b) {
		t.Errorf("got %x and %x, want two different salts of 16 bytes", a, b)
	}
}

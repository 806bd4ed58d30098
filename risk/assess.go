package risk

import (
	"time"

	"github.com/symbolon-id/symbolon"
)

// Scene is what one request shows. Every member but Now may be missing; what is not
// known is never held against a device.
type Scene struct {
	Now            time.Time
	Proof          symbolon.ProofResult
	Conn           Connection
	Client         Client
	Signals        Signals
	Traits         string         // of [FingerprintV2]
	ManufacturerID string         // an HMAC, or ""
	Place          symbolon.Place // of the address

	Failures int // proofs by the key that lately did not verify; anyone may have sent them
	Replays  int // challenges of the key that lately came again; anyone may have sent them

	// In the last ten minutes, this request among them.
	UserRate    int // valid proofs of the user
	DeviceRate  int // valid proofs of the device
	AddressRate int // requests of the address

	AttestationFailed bool
}

// History is what was known before the request.
type History struct {
	Device *symbolon.Device // as it was read; nil where no valid proof named one
	Around symbolon.Around  // of the device, or of the user where there is none

	// Of the user's other devices; read where there is no device.
	Visits      []symbolon.History
	OtherTraits []string
}

// sight is a scene before its history, as the rules look at it.
type sight struct {
	Scene
	History
	policy symbolon.RiskPolicy
	known  looks              // of the device's traits
	looks  looks              // of the scene's
	drift  difference         // between them
	past   []symbolon.History // where the device was, or the user's others where there is none
}

// rules are all that Assess looks for, in the order in which people would ask. Each
// gives the percent of the policy's points that apply, and a sentence that says what was
// seen; 0 where there is nothing to say.
var rules = [...]struct {
	code string
	look func(*sight) (weight int, detail string)
}{
	{symbolon.RiskUnknownDevice, unknownDevice},
	{symbolon.RiskNewDevice, newDevice},
	{symbolon.RiskDormantDevice, dormantDevice},
	{symbolon.RiskResemblesBlocked, resemblesBlocked},
	{symbolon.RiskSharedDevice, sharedDevice},
	{symbolon.RiskTooManyDevices, tooManyDevices},

	{symbolon.RiskFingerprintDrift, fingerprintDrift},
	{symbolon.RiskOSChanged, osChanged},
	{symbolon.RiskBrowserDowngraded, browserDowngraded},
	{symbolon.RiskUserAgentMismatch, userAgentMismatch},

	{symbolon.RiskAutomation, automation},
	{symbolon.RiskPrivateBrowsing, privateBrowsing},
	{symbolon.RiskRooted, rooted},
	{symbolon.RiskEmulator, emulator},
	{symbolon.RiskAppOutdated, appOutdated},
	{symbolon.RiskAttestationFailed, attestationFailed},

	{symbolon.RiskNewCountry, newCountry},
	{symbolon.RiskNewNetwork, newNetwork},
	{symbolon.RiskImpossibleTravel, impossibleTravel},
	{symbolon.RiskTimeZoneMismatch, timeZoneMismatch},
	{symbolon.RiskAnonymousNetwork, anonymousNetwork},

	{symbolon.RiskProofFailures, proofFailures},
	{symbolon.RiskChallengeReplayed, challengeReplayed},
	{symbolon.RiskVelocityUser, velocityUser},
	{symbolon.RiskVelocityDevice, velocityDevice},
	{symbolon.RiskVelocityIP, velocityIP},
}

// Assess says how odd a request looks before what is known of the device, and why. It
// reads nothing but its arguments and the time zone database.
//
// A reason that the policy gives 0 points is named nonetheless: rules may ask for it, and
// a simulation can try what it would weigh.
func Assess(s Scene, h History, p symbolon.RiskPolicy) symbolon.Risk {
	return newSight(s, h, p).assess()
}

func newSight(s Scene, h History, p symbolon.RiskPolicy) *sight {
	seen := &sight{Scene: s, History: h, policy: p, looks: readTraits(s.Traits), past: h.Visits}
	if h.Device != nil {
		seen.known = readTraits(h.Device.Traits)
		seen.drift = compare(seen.known, seen.looks)
		seen.past = []symbolon.History{h.Device.History}
	}
	return seen
}

func (s *sight) assess() symbolon.Risk {
	var room [len(rules)]symbolon.Reason
	found := room[:0]
	for i := range rules {
		if weight, detail := rules[i].look(s); weight > 0 {
			found = append(found, symbolon.Reason{Code: rules[i].code, Weight: weight, Detail: detail})
		}
	}
	return Score(found, s.policy)
}

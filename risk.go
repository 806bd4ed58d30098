package symbolon

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// RiskPolicy says what each reason weighs, and from which score on something happens.
type RiskPolicy struct {
	Points      map[string]int      `json:"points"` // by reason, 0 to 100; 0 switches it off
	ChallengeAt int                 `json:"challengeAt"`
	DistrustAt  int                 `json:"distrustAt"`
	DenyAt      int                 `json:"denyAt"`
	AppVersions map[Platform]string `json:"appVersions"` // the oldest that is not outdated, by platform
}

// The levels of risk.
const (
	RiskLow    = "low"    // below challengeAt
	RiskMedium = "medium" // below distrustAt
	RiskHigh   = "high"
)

// The reasons of risk. What a reason means, and when it weighs less than its points, is
// said in package risk.
const (
	RiskNewDevice         = "new_device"
	RiskUnknownDevice     = ReasonUnknownDevice
	RiskFingerprintDrift  = "fingerprint_drift"
	RiskOSChanged         = "os_changed"
	RiskBrowserDowngraded = "browser_downgraded"
	RiskUserAgentMismatch = "user_agent_mismatch"
	RiskNewCountry        = "new_country"
	RiskNewNetwork        = "new_network"
	RiskImpossibleTravel  = "impossible_travel"
	RiskTimeZoneMismatch  = "timezone_mismatch"
	RiskAnonymousNetwork  = "anonymous_network"
	RiskProofFailures     = "proof_failures"
	RiskChallengeReplayed = ReasonProofReplayed
	RiskDormantDevice     = "dormant_device"
	RiskVelocityUser      = "velocity_user"
	RiskVelocityDevice    = "velocity_device"
	RiskVelocityIP        = "velocity_ip"
	RiskSharedDevice      = "shared_device"
	RiskTooManyDevices    = "too_many_devices"
	RiskResemblesBlocked  = "resembles_blocked"
	RiskAutomation        = "automation"
	RiskPrivateBrowsing   = "private_browsing"
	RiskRooted            = "rooted"
	RiskEmulator          = "emulator"
	RiskAppOutdated       = "app_outdated"
	RiskAttestationFailed = "attestation_failed"
)

// DefaultRiskPolicy is the risk policy of an app that has set none.
func DefaultRiskPolicy() RiskPolicy {
	return RiskPolicy{
		ChallengeAt: 40, DistrustAt: 70, DenyAt: 90, AppVersions: map[Platform]string{},
		Points: map[string]int{
			RiskNewDevice: 10, RiskUnknownDevice: 50, RiskFingerprintDrift: 60, RiskOSChanged: 50,
			RiskBrowserDowngraded: 20, RiskUserAgentMismatch: 35, RiskNewCountry: 25, RiskNewNetwork: 8,
			RiskImpossibleTravel: 60, RiskTimeZoneMismatch: 15, RiskAnonymousNetwork: 30, RiskProofFailures: 25,
			RiskChallengeReplayed: 30, RiskDormantDevice: 20, RiskVelocityUser: 25, RiskVelocityDevice: 25,
			RiskVelocityIP: 20, RiskSharedDevice: 20, RiskTooManyDevices: 10, RiskResemblesBlocked: 60,
			RiskAutomation: 45, RiskPrivateBrowsing: 8, RiskRooted: 30, RiskEmulator: 40, RiskAppOutdated: 15,
			RiskAttestationFailed: 60,
		},
	}
}

func (r RiskPolicy) check(tell func(error)) {
	reasons := DefaultRiskPolicy().Points
	for _, code := range slices.Sorted(maps.Keys(r.Points)) {
		if _, ok := reasons[code]; !ok {
			tell(InvalidField("risk.points."+code, "is not a reason; there are %s", strings.Join(slices.Sorted(maps.Keys(reasons)), ", ")))
		}
		if n := r.Points[code]; n < 0 || n > 100 {
			tell(InvalidField("risk.points."+code, "must be from 0 to 100; got %d", n))
		}
	}
	r.checkThresholds(tell)
	for _, platform := range slices.Sorted(maps.Keys(r.AppVersions)) {
		if platform != PlatformAndroid && platform != PlatformIOS {
			tell(InvalidField("risk.appVersions", "must name android or ios; got %q", platform))
		}
		if version := r.AppVersions[platform]; !versionForm.MatchString(version) {
			tell(InvalidField("risk.appVersions."+string(platform), "must be one to four numbers with dots between them, such as 5.2.0; got %q", version))
		}
	}
}

var versionForm = regexp.MustCompile(`^\d{1,9}(\.\d{1,9}){0,3}$`)

// NeverAt is the threshold that no score reaches.
const NeverAt = 101

func (r RiskPolicy) checkThresholds(tell func(error)) {
	steps := []struct {
		name string
		at   int
	}{{"risk.challengeAt", r.ChallengeAt}, {"risk.distrustAt", r.DistrustAt}, {"risk.denyAt", r.DenyAt}}
	for i, step := range steps {
		if step.at < 1 || step.at > NeverAt {
			tell(InvalidField(step.name, "must be from 1 to 100, or %d for never; got %d", NeverAt, step.at))
		}
		if i > 0 && step.at < steps[i-1].at {
			tell(InvalidField(step.name, "must not be below %s (%d); got %d", steps[i-1].name, steps[i-1].at, step.at))
		}
	}
}

// RuleMode says whether a rule counts.
type RuleMode string

// The modes.
const (
	RuleProduction RuleMode = "production"
	RulePreview    RuleMode = "preview" // evaluated and recorded; it changes nothing
)

// What rules may say of themselves.
var (
	RuleModes           = []RuleMode{RuleProduction, RulePreview}
	RuleRecommendations = []Recommendation{RecommendDeny, RecommendChallenge, RecommendAllow}
)

// Rule makes an answer stricter where a condition holds. What conditions can say is told
// in docs/policy.md.
type Rule struct {
	Name      string         `json:"name"`
	Priority  int            `json:"priority"` // 1 comes first; among equally strict matches the first is named
	When      string         `json:"when"`     // a CEL expression that gives a bool
	Recommend Recommendation `json:"recommend"`
	Mode      RuleMode       `json:"mode"`
}

// Bounds of rules.
const (
	MaxRules        = 100
	MaxRulePriority = 1000
	MaxRuleName     = 64   // characters
	MaxRuleWhen     = 2000 // bytes
)

// checkRules checks all but the expressions, which package policy compiles.
func (p Policy) checkRules(tell func(error)) {
	if len(p.Rules) > MaxRules {
		tell(InvalidField("rules", "must have at most %d entries", MaxRules))
	}
	names := map[string]bool{}
	for i, r := range p.Rules {
		at := fmt.Sprintf("rules[%d]", i)
		r.check(at, tell)
		if names[r.Name] && r.Name != "" {
			tell(InvalidField(at+".name", "must be its own; there is another rule %q", r.Name))
		}
		names[r.Name] = true
	}
}

func (r Rule) check(at string, tell func(error)) {
	if err := CheckOptionalText(at+".name", r.Name, MaxRuleName); err != nil {
		tell(err)
	} else if r.Name == "" {
		tell(InvalidField(at+".name", "must be given: 1 to %d characters", MaxRuleName))
	}
	if r.Priority < 1 || r.Priority > MaxRulePriority {
		tell(InvalidField(at+".priority", "must be from 1 to %d; got %d", MaxRulePriority, r.Priority))
	}
	if r.When == "" || len(r.When) > MaxRuleWhen {
		tell(InvalidField(at+".when", "must be a CEL expression of 1 to %d bytes; got %d", MaxRuleWhen, len(r.When)))
	}
	if !slices.Contains(RuleRecommendations, r.Recommend) {
		tell(InvalidField(at+".recommend", "must be DENY, CHALLENGE or ALLOW; got %q", r.Recommend))
	}
	if !slices.Contains(RuleModes, r.Mode) {
		tell(InvalidField(at+".mode", "must be production or preview; got %q", r.Mode))
	}
}

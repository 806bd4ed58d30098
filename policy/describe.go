package policy

import (
	"cmp"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/symbolon-id/symbolon"
)

// Language describes what policies and conditions are written in, from what compiles and
// checks them.
func Language() symbolon.PolicyLanguage {
	l := symbolon.PolicyLanguage{Members: members(), Reasons: reasons()}
	l.Variables = []symbolon.LanguageVariable{{Name: "action", Type: typeName(cel.StringType), Meaning: "as the decision names it; login where it names none"}}
	for _, v := range variables {
		for _, f := range v.fields {
			l.Variables = append(l.Variables, symbolon.LanguageVariable{Name: v.name + "." + f.name, Type: typeName(f.kind), Meaning: f.meaning, Values: f.values})
		}
	}
	for _, w := range functions() {
		l.Functions = append(l.Functions, w.told())
	}
	for _, w := range words {
		if w.cel != w.name {
			l.Operators = append(l.Operators, w.told())
		}
	}
	return l
}

func (w word) told() symbolon.LanguageWord {
	return symbolon.LanguageWord{Name: w.name, Example: w.example, Meaning: w.meaning}
}

func typeName(t *cel.Type) string {
	switch t.Kind() {
	case types.IntKind:
		return "number"
	case types.BoolKind:
		return "true or false"
	case types.ListKind:
		return "list of texts"
	}
	return "text"
}

// reasons are those that a policy can give points, by the most points.
func reasons() []symbolon.LanguageReason {
	var list []symbolon.LanguageReason
	for code, points := range symbolon.DefaultRiskPolicy().Points {
		list = append(list, symbolon.LanguageReason{Code: code, Points: points, Meaning: meanings[code]})
	}
	slices.SortFunc(list, func(a, b symbolon.LanguageReason) int {
		return cmp.Or(cmp.Compare(b.Points, a.Points), cmp.Compare(a.Code, b.Code))
	})
	return list
}

// meanings say when a reason is found; docs/risk.md says it at length.
var meanings = map[string]string{
	symbolon.RiskNewDevice:         "The device registered less than a day ago, or has never proven its key until now.",
	symbolon.RiskUnknownDevice:     "No valid proof names a device of the user.",
	symbolon.RiskFingerprintDrift:  "Much of what the device looked like has changed.",
	symbolon.RiskOSChanged:         "The operating system is another one than on record.",
	symbolon.RiskBrowserDowngraded: "The browser is older than it was.",
	symbolon.RiskUserAgentMismatch: "What the page says of the device contradicts its connection.",
	symbolon.RiskNewCountry:        "The device was in other countries, and never in this one.",
	symbolon.RiskNewNetwork:        "The device was in other networks, and never in this one.",
	symbolon.RiskImpossibleTravel:  "Nobody travels from the last place to this one in that time.",
	symbolon.RiskTimeZoneMismatch:  "The device's clock is of another zone than its address.",
	symbolon.RiskAnonymousNetwork:  "The address is in a network that hides who uses it.",
	symbolon.RiskProofFailures:     "Several proofs in the key's name did not verify lately.",
	symbolon.RiskChallengeReplayed: "A used challenge came again in the key's name.",
	symbolon.RiskDormantDevice:     "The device was not used for 90 days or more.",
	symbolon.RiskVelocityUser:      "Very many proofs of the user come within ten minutes.",
	symbolon.RiskVelocityDevice:    "Very many proofs of the device come within ten minutes.",
	symbolon.RiskVelocityIP:        "Very many requests come from the address within ten minutes.",
	symbolon.RiskSharedDevice:      "Four users or more have this key, or a device on this hardware.",
	symbolon.RiskTooManyDevices:    "The user has sixteen active devices or more.",
	symbolon.RiskResemblesBlocked:  "The device is, or looks like, one of the user's that is blocked.",
	symbolon.RiskAutomation:        "Software drives the browser, or the client is a program.",
	symbolon.RiskPrivateBrowsing:   "The browser seems to be in a private window.",
	symbolon.RiskRooted:            "The system's protection was taken off, as the app says.",
	symbolon.RiskEmulator:          "The phone is an emulator.",
	symbolon.RiskAppOutdated:       "The app is older than the policy asks for.",
	symbolon.RiskAttestationFailed: "What attests the device does not hold; nothing verifies it so far.",
}

func members() []symbolon.LanguageMember {
	return []symbolon.LanguageMember{
		oneOf("registration.approval", symbolon.Approvals),
		oneOf("registration.algorithms[]", symbolon.KeyAlgorithms),
		oneOf("registration.attestation", []symbolon.Attestation{symbolon.AttestationNone}),
		between("limits.devices", 0, symbolon.MaxLimit),
		{Path: "limits.perType", Values: texts(symbolon.DeviceTypes)},
		between("limits.perType.*", 0, symbolon.MaxLimit),
		oneOf("limits.overflow", symbolon.Overflows),
		oneOf("actions.*.require", symbolon.Requirements),
		{Path: "revocation", Values: texts(symbolon.Causes)},
		oneOf("revocation.*", symbolon.Effects),
		between("risk.points.*", 0, 100),
		between("risk.challengeAt", 1, symbolon.NeverAt),
		between("risk.distrustAt", 1, symbolon.NeverAt),
		between("risk.denyAt", 1, symbolon.NeverAt),
		{Path: "risk.appVersions", Values: texts([]symbolon.Platform{symbolon.PlatformAndroid, symbolon.PlatformIOS})},
		between("rules[].priority", 1, symbolon.MaxRulePriority),
		oneOf("rules[].recommend", symbolon.RuleRecommendations),
		oneOf("rules[].mode", symbolon.RuleModes),
	}
}

func oneOf[T ~string](path string, values []T) symbolon.LanguageMember {
	return symbolon.LanguageMember{Path: path, Values: texts(values)}
}

func between(path string, least, most int) symbolon.LanguageMember {
	return symbolon.LanguageMember{Path: path, Least: &least, Most: &most}
}

func texts[T ~string](values []T) []string {
	var list []string
	for _, v := range values {
		list = append(list, string(v))
	}
	return list
}

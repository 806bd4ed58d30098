package symbolon

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// The bounds of each list of an [IncidentMatch], and of a text in one.
const (
	MaxMatchEntries = 100
	maxMatchText    = 64
)

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// Check refuses a request that names no devices, no reason or no action; the error names
// the member.
func (r IncidentRequest) Check() error {
	if err := r.Match.Check(); err != nil {
		return err
	}
	if r.Action != IncidentDistrust && r.Action != IncidentBlock && r.Action != IncidentUnblock {
		return InvalidField("action", "must be distrust, block or unblock")
	}
	if (r.Action == IncidentUnblock) != (r.Match.BlockedBy != "") {
		return InvalidField("match.blockedBy", "must be given with the action unblock, and with no other")
	}
	return CheckText("reason", r.Reason)
}

// Check refuses what matches everything, and members that can match nothing.
func (m IncidentMatch) Check() error {
	given := 0
	for _, span := range []struct {
		name string
		*Between
	}{{"trustedBetween", m.TrustedBetween}, {"registeredBetween", m.RegisteredBetween}, {"seenBetween", m.SeenBetween}} {
		if span.Between == nil {
			continue
		}
		given++
		if err := span.check("match." + span.name); err != nil {
			return err
		}
	}
	for _, list := range m.lists() {
		given += min(len(list.entries), 1)
		if err := list.check(); err != nil {
			return err
		}
	}
	if err := m.checkRest(); err != nil {
		return err
	}
	if given == 0 && m.BeginsWith == "" && m.Trusted == nil && m.RiskFrom == nil && m.RiskTo == nil && m.BlockedBy == "" {
		return InvalidField("match", "must have at least one member: an incident is never about all devices")
	}
	return nil
}

// WholeIncident tells whether a match that Check passed is about all that one incident blocked.
func (m IncidentMatch) WholeIncident() bool {
	incident := m.BlockedBy
	m.BlockedBy = ""
	return incident != "" && m.Check() != nil // nothing else is given
}

// checkRest checks the members that are neither spans nor lists.
func (m IncidentMatch) checkRest() error {
	if err := CheckOptionalText("match.beginsWith", m.BeginsWith, MaxText); err != nil {
		return err
	}
	if err := CheckOptionalText("match.blockedBy", m.BlockedBy, maxMatchText); err != nil {
		return err
	}
	return Scores{m.RiskFrom, m.RiskTo}.Check("match.riskFrom", "match.riskTo")
}

func (b Between) check(field string) error {
	switch {
	case b.From == nil && b.To == nil:
		return InvalidField(field, "must have from, to or both")
	case b.From != nil && b.To != nil && b.To.Before(*b.From):
		return InvalidField(field+".to", "must not be before from")
	}
	return nil
}

// matchList is a member that is a list, and what its entries may be.
type matchList struct {
	name    string
	entries []string
	allows  func(string) bool
	what    string
}

func (m IncidentMatch) lists() []matchList {
	text := func(s string) bool { return s != "" && CheckOptionalText("", s, maxMatchText) == nil }
	const texts = "must have entries of 1 to 64 characters without control characters"
	return []matchList{
		{"network", m.Network, isNetwork, "must have prefixes such as 192.0.2.0/24 or 2001:db8::/32, addresses, or systems such as AS64500"},
		{"country", m.Country, countryForm.MatchString, "must have ISO 3166-1 alpha-2 codes, such as PT"},
		{"lastCountry", m.LastCountry, countryForm.MatchString, "must have ISO 3166-1 alpha-2 codes, such as PT"},
		{"appVersion", m.AppVersion, text, texts},
		{"status", texted(m.Status), func(s string) bool { return slices.Contains(Statuses, Status(s)) }, "must have some of active, pending, blocked, unbound"},
		{"keyStorage", texted(m.KeyStorage), func(s string) bool { return KeyStorage(s).Grade() > 0 }, "must have some of software, browser, hardware, attested"},
		{"browser", m.Browser, text, texts},
		{"operatingSystem", m.OperatingSystem, text, texts},
		{"platform", texted(m.Platform), func(s string) bool { return slices.Contains(Platforms, Platform(s)) }, "must have some of web, android, ios, other"},
		{
			"deviceType", texted(m.DeviceType), func(s string) bool { return slices.Contains(DeviceTypes, DeviceType(s)) },
			"must have some of desktop, laptop, mobile, tablet, browser, api_client, smart_tv, wearable",
		},
	}
}

func (l matchList) check() error {
	if len(l.entries) > MaxMatchEntries {
		return InvalidField("match."+l.name, "must have at most %d entries", MaxMatchEntries)
	}
	for i, entry := range l.entries {
		if !l.allows(entry) {
			return InvalidField("match."+l.name+"["+strconv.Itoa(i)+"]", "is not one that it can have: the list %s", l.what)
		}
	}
	return nil
}

func texted[T ~string](list []T) []string {
	texts := make([]string, len(list))
	for i, v := range list {
		texts[i] = string(v)
	}
	return texts
}

// isNetwork tells whether an entry names a network: a prefix, an address or a system.
func isNetwork(entry string) bool {
	if _, ok := ParseSystem(entry); ok {
		return true
	}
	_, ok := parseNetwork(entry)
	return ok
}

// parseNetwork reads a prefix; an address is the prefix of itself alone. IPv4 in IPv6 is
// IPv4, as addresses are kept.
func parseNetwork(entry string) (netip.Prefix, bool) {
	if addr, err := netip.ParseAddr(entry); err == nil && addr.Zone() == "" {
		addr = addr.Unmap()
		return netip.PrefixFrom(addr, addr.BitLen()), true
	}
	p, err := netip.ParsePrefix(entry)
	if err != nil || p.Addr().Is4In6() {
		return netip.Prefix{}, false
	}
	return p, true
}

// Matches tells whether the device fits all members that are given. The time and the policy
// say whether its trust counts.
func (m IncidentMatch) Matches(d Device, now time.Time, p TrustPolicy) bool {
	if d.Trust == nil && m.TrustedBetween != nil {
		return false
	}
	return (m.TrustedBetween == nil || m.TrustedBetween.Contains(d.Trust.GrantedAt)) &&
		(m.RegisteredBetween == nil || m.RegisteredBetween.Contains(d.CreatedAt)) &&
		(m.SeenBetween == nil || m.SeenBetween.Contains(d.LastSeen())) &&
		fits(m.Network, d.inNetwork) &&
		fits(m.Country, d.inCountry) &&
		fits(m.LastCountry, func(code string) bool { return code == d.Country }) &&
		fits(m.AppVersion, func(version string) bool { return version == d.AppVersion() }) &&
		fits(m.KeyStorage, func(k KeyStorage) bool { return k == d.KeyStorage }) &&
		fits(m.Browser, func(beginning string) bool { return begins(d.Browser, beginning) }) &&
		fits(m.OperatingSystem, func(beginning string) bool { return begins(d.OperatingSystem, beginning) }) &&
		fits(m.Platform, func(p Platform) bool { return p == d.Platform }) &&
		fits(m.DeviceType, func(t DeviceType) bool { return t == d.Type }) &&
		fits(m.Status, func(s Status) bool { return s == d.Status }) &&
		d.beginsWith(m.BeginsWith) &&
		(m.Trusted == nil || *m.Trusted == (d.TrustAt(now, p) == TrustActive)) &&
		Scores{m.RiskFrom, m.RiskTo}.Contains(d.RiskScore) &&
		(m.BlockedBy == "" || d.Status == StatusBlocked && d.Block.Incident == m.BlockedBy)
}

// beginsWith tells whether the user, the key or, in any case, the name begins so, as a list
// of devices has it.
func (d Device) beginsWith(prefix string) bool {
	return strings.HasPrefix(string(d.UserID), prefix) || strings.HasPrefix(string(d.KeyID), prefix) ||
		strings.HasPrefix(strings.ToLower(d.Name), strings.ToLower(prefix))
}

// fits tells whether any entry does, or there are none.
func fits[T any](entries []T, does func(T) bool) bool {
	return len(entries) == 0 || slices.ContainsFunc(entries, does)
}

func (d Device) inNetwork(entry string) bool {
	if asn, ok := ParseSystem(entry); ok {
		return slices.ContainsFunc(d.History.Visits, func(v Visit) bool { return v.ASN == asn })
	}
	p, ok := parseNetwork(entry)
	addr, err := netip.ParseAddr(d.IPAddress)
	return ok && err == nil && p.Contains(addr.Unmap().WithZone(""))
}

func (d Device) inCountry(code string) bool {
	return slices.ContainsFunc(d.History.Visits, func(v Visit) bool { return v.Country == code })
}

// AppVersion is what the app that the device runs said of its version, as its metadata has
// it, or "".
func (d Device) AppVersion() string {
	var said struct {
		AppVersion string `json:"appVersion"`
	}
	if len(d.Metadata) == 0 || json.Unmarshal(d.Metadata, &said) != nil {
		return ""
	}
	return said.AppVersion
}

// begins tells whether the value begins so, whatever its case. A number is taken whole:
// "Chrome 12" does not begin "Chrome 120".
func begins(value, beginning string) bool {
	if len(value) < len(beginning) || !strings.EqualFold(value[:len(beginning)], beginning) {
		return false
	}
	last, _ := utf8.DecodeLastRuneInString(beginning)
	next, _ := utf8.DecodeRuneInString(value[len(beginning):])
	return !unicode.IsDigit(last) || !unicode.IsDigit(next)
}

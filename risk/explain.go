package risk

import (
	"slices"
	"strconv"
	"time"

	"github.com/symbolon-id/symbolon"
)

// Explain lists every signal that [Assess] reads, in a fixed order, also those that were
// not there or added nothing. Where several gave rise to one reason, each names it and
// its points, which count once. Values are as they came: for staff who ask, not to be
// stored.
func Explain(s Scene, h History, p symbolon.RiskPolicy) []symbolon.SignalRead {
	seen := newSight(s, h, p)
	read := slices.Concat(
		seen.ofDevice(), seen.ofAround(), seen.ofClient(), seen.ofPerson(), seen.ofHardware(),
		seen.ofSurroundings(), seen.ofPlace(), seen.ofRates(),
	)
	reasons := seen.assess().Reasons
	for i, signal := range read {
		at := slices.IndexFunc(reasons, func(r symbolon.Reason) bool { return r.Code == signal.Reason })
		if at < 0 {
			read[i].Reason = ""
			continue
		}
		read[i].Points = reasons[at].Points
	}
	return read
}

// signal is one that gives rise to the reason, if the reason is found.
func signal(name, value, reason string) symbolon.SignalRead {
	return symbolon.SignalRead{Name: name, Value: value, Reason: reason}
}

// look is a signal of what the device looks like. It is part of its drift, if the
// component with that tag has changed.
func (s *sight) look(name, value, tag string) symbolon.SignalRead {
	at := slices.IndexFunc(components[:], func(c component) bool { return c.tag == tag })
	if s.drift.which&(1<<at) == 0 {
		return signal(name, value, "")
	}
	return signal(name, value, symbolon.RiskFingerprintDrift)
}

func (s *sight) ofDevice() []symbolon.SignalRead {
	var d symbolon.Device
	registered, lastProof := "", ""
	if s.Device != nil {
		d = *s.Device
		registered = moment(&d.CreatedAt)
		lastProof = moment(d.LastUsedAt)
	}
	drift := ""
	if s.drift.common > 0 {
		drift = strconv.Itoa(s.drift.percent()) + "%"
	}
	return []symbolon.SignalRead{
		signal("proof", string(s.Proof), ""),
		signal("device", string(d.ID), symbolon.RiskUnknownDevice),
		signal("device.registered", registered, symbolon.RiskNewDevice),
		signal("device.firstProof", moment(d.ProvenAt), symbolon.RiskNewDevice),
		signal("device.lastProof", lastProof, symbolon.RiskDormantDevice),
		signal("device.operatingSystem", d.OperatingSystem, symbolon.RiskOSChanged),
		signal("device.browser", d.Browser, symbolon.RiskBrowserDowngraded),
		signal("device.drift", drift, symbolon.RiskFingerprintDrift),
	}
}

func (s *sight) ofAround() []symbolon.SignalRead {
	hardware := ""
	if s.ManufacturerID != "" {
		hardware = "given" // only its hash is known, and that to nobody outside
	}
	return []symbolon.SignalRead{
		signal("manufacturerId", hardware, symbolon.RiskResemblesBlocked),
		signal("user.blockedDevices", strconv.Itoa(len(s.Around.Blocked)), symbolon.RiskResemblesBlocked),
		signal("user.devices", strconv.Itoa(s.Around.UserDevices), symbolon.RiskTooManyDevices),
		signal("key.users", strconv.Itoa(s.Around.KeyUsers), symbolon.RiskSharedDevice),
		signal("hardware.users", strconv.Itoa(s.Around.HardwareUsers), symbolon.RiskSharedDevice),
	}
}

func (s *sight) ofClient() []symbolon.SignalRead {
	hints := s.Signals.ClientHints
	brand, _ := bestBrand(hints.Brands, hints.FullVersionList)
	return []symbolon.SignalRead{
		signal("connection.userAgent", s.Client.UserAgent, symbolon.RiskUserAgentMismatch),
		signal("connection.platform", stringItem(s.Conn.Hints.Platform), symbolon.RiskUserAgentMismatch),
		signal("connection.language", firstLanguage(s.Conn.AcceptLanguage), ""),
		signal("clientHints.platform", joined(hints.Platform, hints.PlatformVersion), symbolon.RiskUserAgentMismatch),
		signal("clientHints.brand", joined(brand, brandVersion(hints.Brands, brand)), symbolon.RiskUserAgentMismatch),
		signal("operatingSystem", s.Client.OperatingSystem, symbolon.RiskOSChanged),
		signal("browser", s.Client.Browser, symbolon.RiskBrowserDowngraded),
		s.look("deviceType", s.Client.DeviceType, "ty"),
		signal("platform", s.Client.Platform, ""),
		signal("appVersion", s.Signals.AppVersion, symbolon.RiskAppOutdated),
	}
}

func (s *sight) ofPerson() []symbolon.SignalRead {
	return []symbolon.SignalRead{
		signal("timeZone", s.Signals.TimeZone, symbolon.RiskTimeZoneMismatch),
		s.look("language", s.Client.Language, "la"),
		s.look("languages", listed(s.Signals.Languages), "ll"),
		s.look("plugins", listed(s.Signals.Plugins), "pl"),
	}
}

func (s *sight) ofHardware() []symbolon.SignalRead {
	hints := s.Signals.ClientHints
	return []symbolon.SignalRead{
		s.look("model", s.Signals.model(), "mo"),
		s.look("architecture", joined(hints.Architecture, hints.Bitness), "ar"),
		s.look("screen", s.Signals.Screen.upright(), "sc"),
		s.look("pixelRatio", decimal(s.Signals.PixelRatio), "pr"),
		s.look("colorDepth", known(s.Signals.ColorDepth), "cd"),
		s.look("cores", known(s.Signals.Cores), "co"),
		s.look("deviceMemory", decimal(s.Signals.DeviceMemory), "me"),
		s.look("maxTouchPoints", touchOf(&s.Client, &s.Signals), "to"),
		s.look("webgl.vendor", s.Signals.WebGL.Vendor, "gv"),
		s.look("webgl.renderer", s.Signals.WebGL.Renderer, "gr"),
	}
}

func (s *sight) ofSurroundings() []symbolon.SignalRead {
	a := s.Signals.Automation
	return []symbolon.SignalRead{
		signal("automation.webdriver", strconv.FormatBool(a.WebDriver), symbolon.RiskAutomation),
		signal("automation.headless", strconv.FormatBool(a.Headless), symbolon.RiskAutomation),
		signal("automation.marks", listed(a.Marks), symbolon.RiskAutomation),
		signal("automation.userAgent", strconv.FormatBool(s.Client.Automated), symbolon.RiskAutomation),
		signal("privateMode", maybe(s.Signals.PrivateMode), symbolon.RiskPrivateBrowsing),
		signal("storagePersisted", maybe(s.Signals.StoragePersisted), symbolon.RiskPrivateBrowsing),
		signal("jailbroken", maybe(s.Signals.Jailbroken), symbolon.RiskRooted),
		signal("emulator", maybe(s.Signals.Emulator), symbolon.RiskEmulator),
		signal("attestation.failed", strconv.FormatBool(s.AttestationFailed), symbolon.RiskAttestationFailed),
	}
}

func (s *sight) ofPlace() []symbolon.SignalRead {
	network, point := "", ""
	if s.Place.ASN != 0 {
		network = s.network()
	}
	if s.Place.HasPoint() {
		point = degrees(s.Place.Latitude) + ", " + degrees(s.Place.Longitude) + " ± " + thousands(s.Place.Radius) + " km"
	}
	return []symbolon.SignalRead{
		signal("place.location", s.Place.Location, ""),
		signal("place.country", s.Place.Country, symbolon.RiskNewCountry),
		signal("place.network", network, symbolon.RiskNewNetwork),
		signal("place.point", point, symbolon.RiskImpossibleTravel),
		signal("place.timeZone", s.Place.TimeZone, symbolon.RiskTimeZoneMismatch),
		signal("place.anonymous", strconv.FormatBool(s.Place.Anonymous), symbolon.RiskAnonymousNetwork),
	}
}

func (s *sight) ofRates() []symbolon.SignalRead {
	return []symbolon.SignalRead{
		signal("key.failures", strconv.Itoa(s.Failures), symbolon.RiskProofFailures),
		signal("key.replays", strconv.Itoa(s.Replays), symbolon.RiskChallengeReplayed),
		signal("user.rate", strconv.Itoa(s.UserRate), symbolon.RiskVelocityUser),
		signal("device.rate", strconv.Itoa(s.DeviceRate), symbolon.RiskVelocityDevice),
		signal("address.rate", strconv.Itoa(s.AddressRate), symbolon.RiskVelocityIP),
	}
}

func moment(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

func maybe(b *bool) string {
	if b == nil {
		return ""
	}
	return strconv.FormatBool(*b)
}

func degrees(d float64) string { return strconv.FormatFloat(d, 'f', 2, 64) }

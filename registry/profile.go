package registry

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"regexp"
	"strings"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/risk"
)

// sighting is what a request shows of the device that made it.
type sighting struct {
	conn        risk.Connection
	client      risk.Client
	signals     risk.Signals
	fingerprint string
	traits      string
	full        bool // signals came with it, so that the fingerprint rests on them
	address     string
	place       symbolon.Place
}

func (r *Registry) look(s *settings, cc symbolon.ClientContext, rawSignals json.RawMessage) (sighting, error) {
	signals, err := risk.ParseSignals(rawSignals)
	if err != nil {
		return sighting{}, symbolon.Errorf(symbolon.ErrInvalidRequest, "%v", err)
	}
	if len(cc.ClientHints) > maxHints {
		return sighting{}, symbolon.InvalidField("context.clientHints", "must have at most %d entries", maxHints)
	}
	address, err := parseAddress(cc.IPAddress)
	if err != nil {
		return sighting{}, err
	}
	conn := connection(cc)
	seen := sighting{
		conn: conn, client: risk.ParseClient(conn, signals), signals: signals, full: len(rawSignals) > 0,
		address: address, place: r.places.Lookup(address),
	}
	if cc.UserAgent != "" || seen.full {
		seen.fingerprint, seen.traits = risk.FingerprintV2(s.pepper, seen.client, signals)
	}
	return seen, nil
}

func connection(cc symbolon.ClientContext) risk.Connection {
	return risk.ConnectionOf(func(name string) string {
		switch name {
		case "User-Agent":
			return cc.UserAgent
		case "Accept-Language":
			return cc.AcceptLanguage
		}
		for hint, value := range cc.ClientHints {
			if strings.EqualFold(hint, name) {
				return value
			}
		}
		return ""
	})
}

// maxHints bounds what a backend passes on.
const maxHints = 20

// parseAddress takes an IP address without zone or port, or nothing, and gives its one
// spelling.
func parseAddress(s string) (string, error) {
	if s == "" {
		return "", nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil || a.Zone() != "" {
		return "", symbolon.InvalidField("context.ipAddress", "must be an IPv4 or IPv6 address")
	}
	return a.Unmap().String(), nil
}

// describe writes onto a device what a sighting shows: at registration, and when its
// browser or system was updated. What was known more precisely stays.
func (s sighting) describe(d *symbolon.Device) {
	d.UserAgent = s.client.UserAgent
	if moreThan(s.client.OperatingSystem, d.OperatingSystem) {
		d.OperatingSystem = s.client.OperatingSystem
	}
	if moreThan(s.client.Browser, d.Browser) {
		d.Browser = s.client.Browser
	}
	if !d.Renamed {
		d.Name = s.client.Name
	}
	d.Traits = risk.Learn(d.Traits, s.traits)
	if d.Fingerprint == "" || d.Traits == s.traits {
		d.Fingerprint = s.fingerprint
	}
}

// adopt is describe for a device that is there, and tells whether anything changed.
func (s sighting) adopt(d *symbolon.Device) bool {
	changed := s.differs(*d)
	if changed {
		s.describe(d)
	}
	return s.adoptVersion(d) || changed
}

// adoptVersion keeps up with the app's updates on a phone, where the record shows its
// version: incidents go by it.
func (s sighting) adoptVersion(d *symbolon.Device) bool {
	now := s.signals.AppVersion
	if now == "" || d.Platform != symbolon.PlatformAndroid && d.Platform != symbolon.PlatformIOS {
		return false
	}
	var members map[string]json.RawMessage
	var before string
	if json.Unmarshal(d.Metadata, &members) != nil || json.Unmarshal(members["appVersion"], &before) != nil || before == now {
		return false
	}
	version, err := json.Marshal(now)
	if err != nil {
		return false
	}
	members["appVersion"] = version
	metadata, err := json.Marshal(members)
	if err != nil {
		return false
	}
	d.Metadata = metadata
	return true
}

// differs tells whether the device looks otherwise than its record says. A request that
// shows less than the record holds, such as one without client hints, changes nothing.
func (s sighting) differs(d symbolon.Device) bool {
	c := s.client
	return c.UserAgent != "" && (c.UserAgent != d.UserAgent ||
		moreThan(c.OperatingSystem, d.OperatingSystem) || moreThan(c.Browser, d.Browser) ||
		risk.Learn(d.Traits, s.traits) != d.Traits)
}

// moreThan is true for another value, unless it is the same one less precisely put.
func moreThan(now, before string) bool {
	return now != before && !strings.HasPrefix(before, now)
}

// metadataOf joins what the SDK may show of the device with the app's own, which wins.
func metadataOf(own json.RawMessage, signals risk.Signals) (json.RawMessage, error) {
	if err := symbolon.CheckObject("metadata", own); err != nil {
		return nil, err
	}
	all := signals.Metadata()
	if len(all) == 0 {
		return cleared(own), nil
	}
	var members map[string]json.RawMessage // raw, so that the app's numbers stay as they are
	if len(own) > 0 {
		if err := json.Unmarshal(own, &members); err != nil {
			return nil, symbolon.InvalidField("metadata", "must be a JSON object")
		}
	}
	for name, value := range members {
		all[name] = value
	}
	return json.Marshal(all)
}

const maxManufacturerID = 255

// hardware is the keyed hash of a manufacturer's id within the app, and the endpoint
// that joins all devices with it.
func (r *Registry) hardware(app symbolon.AppID, manufacturerID string) (hash, endpoint string, err error) {
	if manufacturerID == "" {
		return "", "", nil
	}
	if err := symbolon.CheckOptionalText("manufacturerId", manufacturerID, maxManufacturerID); err != nil {
		return "", "", err
	}
	sum := tag(r.secrets.current().pepper("manufacturer", app), manufacturerID)
	return "m1." + base64.RawURLEncoding.EncodeToString(sum), "ep_" + base64.RawURLEncoding.EncodeToString(sum[:12]), nil
}

const importedPrefix = "i1."

// ownFingerprint is the form of what this service makes: a version, then an HMAC.
var ownFingerprint = regexp.MustCompile(`^(v2|i1)\.[A-Za-z0-9_-]{43}$`)

// importedFingerprint is the keyed hash of a fingerprint that another system made. One
// that this service made comes back as it is.
func (r *Registry) importedFingerprint(app symbolon.AppID, given *string) string {
	if given == nil || *given == "" {
		return ""
	}
	if ownFingerprint.MatchString(*given) {
		return *given
	}
	return importedPrefix + base64.RawURLEncoding.EncodeToString(tag(r.secrets.current().pepper("fingerprint", app), "imported", *given))
}

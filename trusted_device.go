package symbolon

import (
	"encoding/json"
	"net/netip"
	"slices"
	"time"
)

// TrustedDevice is the flat record of a device that is or was trusted: "@type" and
// exactly 22 properties, null where unknown. spec/trusted-device.schema.json describes it.
type TrustedDevice struct {
	Kind            string          `json:"@type" enum:"TrustedDevice"`
	DeviceID        DeviceID        `json:"deviceId"`
	UserID          UserID          `json:"userId"`
	DeviceName      string          `json:"deviceName"`
	DeviceType      DeviceType      `json:"deviceType" enum:"desktop,laptop,mobile,tablet,browser,api_client,smart_tv,wearable"`
	Fingerprint     *string         `json:"deviceFingerprint" doc:"A keyed hash with its version; the components are not kept"`
	UserAgent       *string         `json:"userAgent"`
	OperatingSystem *string         `json:"operatingSystem"`
	Browser         *string         `json:"browser"`
	IPAddress       *string         `json:"ipAddress"`
	Location        *string         `json:"location"`
	TrustedAt       time.Time       `json:"trustedAt" doc:"The first grant"`
	TrustedUntil    *time.Time      `json:"trustedUntil" doc:"null for permanent"`
	LastUsedAt      *time.Time      `json:"lastUsedAt" doc:"The last valid proof"`
	LastVerifiedAt  *time.Time      `json:"lastVerifiedAt" doc:"The last decision that said TRUST"`
	UsageCount      int64           `json:"usageCount" doc:"Valid proofs for the action login"`
	IsActive        bool            `json:"isActive" doc:"Whether it is trusted now"`
	RevokedAt       *time.Time      `json:"revokedAt"`
	RevokedReason   *string         `json:"revokedReason"`
	RiskScore       int             `json:"riskScore" minimum:"0" maximum:"100"`
	Metadata        json.RawMessage `json:"metadata"`
	CreatedAt       time.Time       `json:"createdAt"`
	UpdatedAt       time.Time       `json:"updatedAt"`
}

// TrustedDeviceType is the value of "@type".
const TrustedDeviceType = "TrustedDevice"

// Trusted gives the flat record, or false for a device that never was trusted.
func (d Device) Trusted(now time.Time, p TrustPolicy) (TrustedDevice, bool) {
	if d.Trust == nil {
		return TrustedDevice{}, false
	}
	r := TrustedDevice{
		Kind: TrustedDeviceType, DeviceID: d.ID, UserID: d.UserID,
		DeviceName: d.Name, DeviceType: d.Type, Fingerprint: known(d.Fingerprint),
		UserAgent: known(d.UserAgent), OperatingSystem: known(d.OperatingSystem), Browser: known(d.Browser),
		IPAddress: known(d.IPAddress), Location: known(d.Location),
		TrustedAt: d.Trust.TrustedAt, TrustedUntil: d.Trust.TrustedUntil,
		LastUsedAt: d.LastUsedAt, LastVerifiedAt: d.LastVerifiedAt, UsageCount: d.UsageCount,
		IsActive:  d.TrustAt(now, p) == TrustActive,
		RevokedAt: d.Trust.RevokedAt, RevokedReason: known(d.Trust.RevokedReason),
		RiskScore: d.RiskScore, Metadata: d.Metadata,
		CreatedAt: d.CreatedAt, UpdatedAt: d.UpdatedAt,
	}
	return r, true
}

// Device is the record as an unbound device of the app: listed, never known or trusted,
// until a registration of its user claims it. What the record says of isActive is not
// believed; a fingerprint comes in as the HMAC that the caller made of it. Times are cut
// to the microsecond, and an updatedAt that is missing is createdAt.
func (r TrustedDevice) Device(app AppID, fingerprint string) (Device, error) {
	if err := r.check(); err != nil {
		return Device{}, err
	}
	if r.UpdatedAt.IsZero() {
		r.UpdatedAt = r.CreatedAt
	}
	if string(r.Metadata) == "null" {
		r.Metadata = nil
	}
	return Device{
		ID: r.DeviceID, AppID: app, UserID: r.UserID, Status: StatusUnbound,
		Name: r.DeviceName, Renamed: true, Type: r.DeviceType, Platform: PlatformOther,
		Fingerprint: fingerprint, UserAgent: text(r.UserAgent),
		OperatingSystem: text(r.OperatingSystem), Browser: text(r.Browser),
		IPAddress: text(r.IPAddress), Location: text(r.Location),
		UsageCount: r.UsageCount, LastUsedAt: micro(r.LastUsedAt), LastVerifiedAt: micro(r.LastVerifiedAt),
		RiskScore: r.RiskScore, Metadata: r.Metadata, CreatedAt: Micro(r.CreatedAt), UpdatedAt: Micro(r.UpdatedAt),
		Trust: &Trust{
			TrustedAt: Micro(r.TrustedAt), GrantedAt: Micro(r.TrustedAt), TrustedUntil: micro(r.TrustedUntil),
			RevokedAt: micro(r.RevokedAt), RevokedReason: text(r.RevokedReason),
		},
	}, nil
}

func (r TrustedDevice) check() error {
	for _, check := range []func() error{r.checkNames, r.checkDescription, r.checkNumbers} {
		if err := check(); err != nil {
			return err
		}
	}
	return CheckObject("metadata", r.Metadata)
}

func (r TrustedDevice) checkNames() error {
	if r.Kind != TrustedDeviceType {
		return InvalidField("@type", "must be %q", TrustedDeviceType)
	}
	for _, f := range []struct{ name, value string }{
		{"deviceId", string(r.DeviceID)}, {"userId", string(r.UserID)}, {"deviceName", r.DeviceName},
	} {
		if err := CheckText(f.name, f.value); err != nil {
			return err
		}
	}
	if !slices.Contains(DeviceTypes, r.DeviceType) {
		return InvalidField("deviceType", "must be one of %v; got %q", DeviceTypes, r.DeviceType)
	}
	return nil
}

func (r TrustedDevice) checkDescription() error {
	for _, f := range []struct {
		name  string
		value *string
	}{
		{"deviceFingerprint", r.Fingerprint},
		{"userAgent", r.UserAgent},
		{"operatingSystem", r.OperatingSystem},
		{"browser", r.Browser},
		{"location", r.Location},
		{"revokedReason", r.RevokedReason},
	} {
		if err := CheckOptionalText(f.name, text(f.value), MaxUserAgent); err != nil {
			return err
		}
	}
	if text(r.IPAddress) == "" {
		return nil
	}
	if a, err := netip.ParseAddr(*r.IPAddress); err != nil || a.Zone() != "" {
		return InvalidField("ipAddress", "must be an IPv4 or IPv6 address, or null")
	}
	return nil
}

func (r TrustedDevice) checkNumbers() error {
	switch {
	case r.TrustedAt.IsZero():
		return InvalidField("trustedAt", "must be given, as an RFC 3339 time")
	case r.CreatedAt.IsZero():
		return InvalidField("createdAt", "must be given, as an RFC 3339 time")
	case r.RiskScore < 0 || r.RiskScore > 100:
		return InvalidField("riskScore", "must be from 0 to 100; got %d", r.RiskScore)
	case r.UsageCount < 0:
		return InvalidField("usageCount", "must not be negative; got %d", r.UsageCount)
	}
	return nil
}

// MaxUserAgent is the most characters that are kept of a user agent.
const MaxUserAgent = 1024

func known(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func micro(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	cut := Micro(*t)
	return &cut
}

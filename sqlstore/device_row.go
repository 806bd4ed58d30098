package sqlstore

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// A device is read from three tables: its own row, what folds out of its events, and
// its key. It is put into the first two.
const (
	deviceColumns = `d.app_id, d.device_id, d.user_id, COALESCE(d.key_id, ''), d.endpoint_id, d.status, d.name, d.renamed,
		d.type, d.platform, d.user_agent, d.operating_system, d.browser, d.fingerprint, d.manufacturer_id, d.traits,
		d.metadata, d.push_config, COALESCE(d.proven_at || '', ''),
		COALESCE(d.block_at || '', ''), d.block_by, d.block_reason, d.block_cause, COALESCE(d.block_until || '', ''), d.block_before, d.block_incident, d.block_beneath,
		COALESCE(d.trusted_at || '', ''), COALESCE(d.granted_at || '', ''), COALESCE(d.trusted_until || '', ''),
		COALESCE(d.idle_timeout || '', ''), d.trust_factor, COALESCE(d.revoked_at || '', ''), d.revoked_reason, d.revoked_by,
		d.created_at, d.updated_at, COALESCE(d.session_bound_at || '', ''), d.version,
		u.usage_count, COALESCE(u.last_used_at || '', ''), COALESCE(u.last_verified_at || '', ''), u.ip_address, u.location, u.country, u.risk_score, u.history,
		COALESCE(k.thumbprint, ''), COALESCE(k.public_key, ''), COALESCE(k.storage, '')`

	deviceTables = `devices d
		JOIN device_use u ON u.app_id = d.app_id AND u.device_id = d.device_id
		LEFT JOIN keys k ON k.app_id = d.app_id AND k.key_id = d.key_id`
)

var selectDevice = `SELECT ` + packed(deviceColumns) + ` FROM ` + deviceTables

// deviceArgs are the values of a device's own row, in the order of its statements.
func deviceArgs(d symbolon.Device) []any {
	args := []any{
		string(d.AppID), string(d.ID), string(d.UserID), textOr(d.KeyID), d.EndpointID, string(d.Status),
		d.Name, foldName(d.Name), flag(d.Renamed), string(d.Type), string(d.Platform),
		d.UserAgent, d.OperatingSystem, d.Browser, d.Fingerprint, d.ManufacturerID, d.Traits,
		string(d.Metadata), string(d.PushConfig), microOr(d.ProvenAt),
	}
	args = append(args, blockArgs(d.Block)...)
	args = append(args, trustArgs(d.Trust)...)
	return append(args, micro(d.CreatedAt), micro(d.UpdatedAt), microOr(d.SessionBoundAt))
}

func blockArgs(b *symbolon.Block) []any {
	if b == nil {
		return []any{nil, "", "", "", nil, "", "", ""}
	}
	return []any{micro(b.At), b.By, b.Reason, string(b.Cause), microOr(b.Until), string(b.Before), b.Incident, beneathText(b.Beneath)}
}

// beneathText is a block that lies beneath another: few do, and nothing looks for them.
func beneathText(b *symbolon.Block) string {
	if b == nil {
		return ""
	}
	text, _ := json.Marshal(b) // of texts and times, which always marshal
	return string(text)
}

func trustArgs(t *symbolon.Trust) []any {
	if t == nil {
		return []any{nil, nil, nil, nil, "", nil, "", ""}
	}
	var idle any
	if t.IdleTimeout != nil {
		idle = t.IdleTimeout.Std().Microseconds()
	}
	return []any{
		micro(t.TrustedAt), micro(t.GrantedAt), microOr(t.TrustedUntil), idle,
		t.Factor, microOr(t.RevokedAt), t.RevokedReason, t.RevokedBy,
	}
}

// foldName makes names comparable without regard to case.
func foldName(name string) string { return strings.ToLower(name) }

// deviceRow holds the columns that are not members of a device as they stand.
type deviceRow struct {
	renamed                               int64
	metadata, push, publicKey, history    string
	beneath                               string
	proven, used, verified, bound         *int64
	created, updated                      int64
	block                                 symbolon.Block
	blockAt, blockUntil                   *int64
	trust                                 symbolon.Trust
	trustedAt, grantedAt, until, idle, at *int64
}

// mostParts is how many columns a statement packs that reads a device and more.
const mostParts = 59

// readDevice reads selectDevice, and what more a statement appends to it.
func readDevice(row scan, more ...any) (d symbolon.Device, err error) {
	var r deviceRow
	err = unpacked(row)(append(append(make([]any, 0, mostParts),
		(*string)(&d.AppID), (*string)(&d.ID), (*string)(&d.UserID), (*string)(&d.KeyID), &d.EndpointID,
		(*string)(&d.Status), &d.Name, &r.renamed,
		(*string)(&d.Type), (*string)(&d.Platform), &d.UserAgent, &d.OperatingSystem, &d.Browser,
		&d.Fingerprint, &d.ManufacturerID, &d.Traits, &r.metadata, &r.push, &r.proven,
		&r.blockAt, &r.block.By, &r.block.Reason, (*string)(&r.block.Cause), &r.blockUntil, (*string)(&r.block.Before), &r.block.Incident, &r.beneath,
		&r.trustedAt, &r.grantedAt, &r.until, &r.idle, &r.trust.Factor, &r.at, &r.trust.RevokedReason, &r.trust.RevokedBy,
		&r.created, &r.updated, &r.bound, &d.Version,
		&d.UsageCount, &r.used, &r.verified, &d.IPAddress, &d.Location, &d.Country, &d.RiskScore, &r.history,
		&d.Thumbprint, &r.publicKey, (*string)(&d.KeyStorage),
	), more...)...)
	if err == nil {
		err = r.fill(&d)
	}
	return d, err
}

func readOnlyDevice(row scan) (symbolon.Device, error) { return readDevice(row) }

func (r *deviceRow) fill(d *symbolon.Device) (err error) {
	d.Renamed = r.renamed != 0
	d.Metadata, d.PushConfig, d.PublicKey = document(r.metadata), document(r.push), document(r.publicKey)
	d.ProvenAt, d.LastUsedAt, d.LastVerifiedAt = fromMicroOr(r.proven), fromMicroOr(r.used), fromMicroOr(r.verified)
	d.CreatedAt, d.UpdatedAt, d.SessionBoundAt = fromMicro(r.created), fromMicro(r.updated), fromMicroOr(r.bound)
	if r.blockAt != nil {
		b := r.block
		b.At, b.Until = fromMicro(*r.blockAt), fromMicroOr(r.blockUntil)
		if r.beneath != "" {
			if err := json.Unmarshal([]byte(r.beneath), &b.Beneath); err != nil {
				return fmt.Errorf("sqlstore: the block beneath a device's: %w", err)
			}
		}
		d.Block = &b
	}
	if r.trustedAt != nil {
		t := r.trust
		t.TrustedAt, t.GrantedAt = fromMicro(*r.trustedAt), fromMicroOrZero(r.grantedAt)
		t.TrustedUntil, t.RevokedAt = fromMicroOr(r.until), fromMicroOr(r.at)
		if r.idle != nil {
			idle := symbolon.Duration(*r.idle * 1000)
			t.IdleTimeout = &idle
		}
		d.Trust = &t
	}
	d.History, err = readHistory(r.history)
	return err
}

// keepTimes cuts every time of a device to what the database keeps, so that what Put
// gives back equals what Get reads.
func keepTimes(d symbolon.Device) symbolon.Device {
	d.CreatedAt, d.UpdatedAt = symbolon.Micro(d.CreatedAt), symbolon.Micro(d.UpdatedAt)
	d.ProvenAt, d.LastUsedAt, d.LastVerifiedAt = kept(d.ProvenAt), kept(d.LastUsedAt), kept(d.LastVerifiedAt)
	d.SessionBoundAt = kept(d.SessionBoundAt)
	d.History.Visits = slices.Clone(d.History.Visits)
	for i, v := range d.History.Visits {
		d.History.Visits[i].First, d.History.Visits[i].Last = symbolon.Micro(v.First), symbolon.Micro(v.Last)
	}
	if d.Block != nil {
		b := *d.Block
		b.At, b.Until = symbolon.Micro(b.At), kept(b.Until)
		if b.Beneath != nil {
			under := *b.Beneath
			under.At, under.Until = symbolon.Micro(under.At), kept(under.Until)
			b.Beneath = &under
		}
		d.Block = &b
	}
	if d.Trust != nil {
		t := *d.Trust
		t.TrustedAt, t.GrantedAt = symbolon.Micro(t.TrustedAt), symbolon.Micro(t.GrantedAt)
		t.TrustedUntil, t.RevokedAt = kept(t.TrustedUntil), kept(t.RevokedAt)
		d.Trust = &t
	}
	return d
}

func checkDevice(d symbolon.Device) error {
	if err := checkIDs(
		field{"app", string(d.AppID)}, field{"deviceId", string(d.ID)}, field{"userId", string(d.UserID)}, field{"deviceName", d.Name},
	); err != nil {
		return err
	}
	if d.KeyID != "" {
		if err := checkIDs(field{"keyId", string(d.KeyID)}); err != nil {
			return err
		}
	}
	fields := []field{
		{"endpointId", d.EndpointID},
		{"status", string(d.Status)},
		{"deviceType", string(d.Type)},
		{"platform", string(d.Platform)},
		{"userAgent", d.UserAgent},
		{"operatingSystem", d.OperatingSystem},
		{"browser", d.Browser},
		{"ipAddress", d.IPAddress},
		{"location", d.Location},
		{"country", d.Country},
		{"deviceFingerprint", d.Fingerprint},
		{"manufacturerId", d.ManufacturerID},
		{"traits", d.Traits},
	}
	for _, v := range d.History.Visits {
		fields = append(fields, field{"history.country", v.Country})
	}
	if b := d.Block; b != nil {
		fields = append(fields, field{"block.by", b.By}, field{"block.reason", b.Reason}, field{"block.cause", string(b.Cause)}, field{"block.incident", b.Incident})
	}
	if t := d.Trust; t != nil {
		fields = append(fields, field{"trust.factor", t.Factor}, field{"trust.revokedReason", t.RevokedReason}, field{"trust.revokedBy", t.RevokedBy})
	}
	if err := checkTexts(fields...); err != nil {
		return err
	}
	if err := checkJSON("metadata", d.Metadata); err != nil {
		return err
	}
	return checkJSON("pushConfig", d.PushConfig)
}

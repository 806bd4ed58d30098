package symbolon_test

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

const schemaFile = "spec/trusted-device.schema.json"

func schema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(schemaFile)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestEveryRecordIsValidByThePublishedSchema(t *testing.T) {
	s := schema(t)
	for state, c := range records() {
		r, _ := c.device.Trusted(noon, permissive())
		if err := s.Validate(any(asMap(t, r))); err != nil {
			t.Errorf("%s: %v", state, err)
		}
	}
	for _, given := range examples(t) {
		r, _ := imported(asRecord(t, given)).Trusted(noon, permissive())
		if err := s.Validate(any(asMap(t, r))); err != nil {
			t.Errorf("%s: %v", r.DeviceID, err)
		}
	}
}

// The examples come without the fingerprint that the record requires. That alone keeps
// them from being valid as they are.
func TestTheExamplesLackAFingerprintOnly(t *testing.T) {
	s := schema(t)
	for _, given := range examples(t) {
		if err := s.Validate(any(given)); err == nil || !strings.Contains(err.Error(), "deviceFingerprint") {
			t.Errorf("as it is: got %v, want the fingerprint missed", err)
		}
		given["deviceFingerprint"] = nil
		if err := s.Validate(any(given)); err != nil {
			t.Errorf("with null: %v", err)
		}
	}
}

func TestTheSchemaNamesTheRecordsProperties(t *testing.T) {
	text, err := os.ReadFile(schemaFile)
	wantNone(t, err)
	var written struct {
		Properties map[string]any
		Required   []string
	}
	wantNone(t, json.Unmarshal(text, &written))
	r, _ := laptop().Trusted(noon, permissive())
	shown := slices.Sorted(maps.Keys(asMap(t, r)))
	if described := slices.Sorted(maps.Keys(written.Properties)); !slices.Equal(described, shown) || len(shown) != 23 {
		t.Errorf("it describes %v\nthe record has %v", described, shown)
	}
	required := []string{"@type", "deviceId", "userId", "deviceName", "deviceType", "deviceFingerprint", "trustedAt", "createdAt"}
	if !reflect.DeepEqual(written.Required, required) {
		t.Errorf("it requires %v, want %v", written.Required, required)
	}
}

func TestWhatTheSchemaRefuses(t *testing.T) {
	s := schema(t)
	const missing = "(missing)"
	for rule, c := range map[string]struct {
		member string
		value  any
	}{
		"another type":                    {"@type", "Device"},
		"a member more":                   {"publicKey", "…"},
		"no type":                         {"@type", missing},
		"no id":                           {"deviceId", missing},
		"no user":                         {"userId", missing},
		"no name":                         {"deviceName", missing},
		"no device type":                  {"deviceType", missing},
		"no fingerprint, not even null":   {"deviceFingerprint", missing},
		"no first grant":                  {"trustedAt", missing},
		"no time of creation":             {"createdAt", missing},
		"an id of null":                   {"deviceId", nil},
		"an empty name":                   {"deviceName", ""},
		"a name of 256 characters":        {"deviceName", strings.Repeat("ü", 256)},
		"a user with a control character": {"userId", "a\u0085b"},
		"an unknown device type":          {"deviceType", "toaster"},
		"an empty text instead of null":   {"location", ""},
		"a text with a control character": {"revokedReason", "a\nb"},
		"an address that is none":         {"ipAddress", "192.168.1.256"},
		"a network for an address":        {"ipAddress", "192.168.1.0/24"},
		"a day for a time":                {"trustedUntil", "2026-03-02"},
		"a first grant of null":           {"trustedAt", nil},
		"a score above 100":               {"riskScore", 101.0},
		"a score below 0":                 {"riskScore", -1.0},
		"half a use":                      {"usageCount", 0.5},
		"fewer than no uses":              {"usageCount", -1.0},
		"yes for true":                    {"isActive", "yes"},
		"metadata that is a list":         {"metadata", []any{1.0}},
	} {
		r, _ := laptop().Trusted(noon, permissive())
		record := asMap(t, r)
		record[c.member] = c.value
		if c.value == missing {
			delete(record, c.member)
		}
		err := s.Validate(any(record))
		if err == nil || !strings.Contains(err.Error(), c.member) {
			t.Errorf("%s: got %v, want it refused for its %s", rule, err, c.member)
		}
	}
}

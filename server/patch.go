package server

import (
	"encoding/json"

	"github.com/symbolon-id/symbolon"
)

// In a merge patch (RFC 7396) null clears a member, and absence leaves it. The pointers of
// the domain's patches say only the latter, so these read the former.
type (
	devicePatch symbolon.DevicePatch
	appPatch    symbolon.AppPatch
)

func (p *devicePatch) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*symbolon.DevicePatch)(p)); err != nil {
		return err
	}
	cleared, err := nulls(data)
	if cleared["deviceName"] {
		p.DeviceName = new(string)
	}
	if cleared["metadata"] {
		p.Metadata = &json.RawMessage{'n', 'u', 'l', 'l'}
	}
	if cleared["pushConfig"] {
		p.PushConfig = &json.RawMessage{'n', 'u', 'l', 'l'}
	}
	return err
}

func (p *appPatch) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*symbolon.AppPatch)(p)); err != nil {
		return err
	}
	cleared, err := nulls(data)
	if cleared["name"] {
		p.Name = new(string)
	}
	if cleared["origins"] {
		p.Origins = &[]string{}
	}
	if cleared["issuers"] {
		p.Issuers = &[]symbolon.Issuer{}
	}
	return err
}

// nulls names the members of an object that are null.
func nulls(data []byte) (map[string]bool, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for name, value := range members {
		found[name] = string(value) == "null"
	}
	return found, nil
}

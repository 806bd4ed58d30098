package registry

import (
	"regexp"
	"slices"

	"github.com/symbolon-id/symbolon"
)

var countryForm = regexp.MustCompile(`^[A-Z]{2}$`)

// maxScore is the highest risk score that there is.
const maxScore = 100

// checkQuery holds each member to what there is, and puts in what is absent.
func checkQuery(q *symbolon.DeviceQuery) error {
	if q.Sort == "" {
		q.Sort = symbolon.SortLastUsed
	}
	switch {
	case q.Status != "" && !slices.Contains(symbolon.Statuses, q.Status):
		return symbolon.InvalidField("status", "must be one of %v", symbolon.Statuses)
	case q.Type != "" && !slices.Contains(symbolon.DeviceTypes, q.Type):
		return symbolon.InvalidField("type", "must be one of %v", symbolon.DeviceTypes)
	case q.Platform != "" && !slices.Contains(symbolon.Platforms, q.Platform):
		return symbolon.InvalidField("platform", "must be one of %v", symbolon.Platforms)
	case q.KeyStorage != "" && !slices.Contains(symbolon.KeyStorages, q.KeyStorage):
		return symbolon.InvalidField("keyStorage", "must be one of %v", symbolon.KeyStorages)
	case !slices.Contains(symbolon.DeviceSorts, q.Sort):
		return symbolon.InvalidField("sort", "must be one of %v", symbolon.DeviceSorts)
	}
	if err := checkRanges(*q); err != nil {
		return err
	}
	for field, value := range map[string]string{"user": string(q.User), "keyId": string(q.KeyID), "q": q.Prefix} {
		if err := symbolon.CheckOptionalText(field, value, symbolon.MaxText); err != nil {
			return err
		}
	}
	var err error
	q.Limit, err = pageSize(q.Limit)
	return err
}

// checkRanges holds the place, the scores and the times to what can be.
func checkRanges(q symbolon.DeviceQuery) error {
	if q.Country != "" && !countryForm.MatchString(q.Country) {
		return symbolon.InvalidField("country", "must be two capital letters (ISO 3166-1 alpha-2)")
	}
	from, to := q.Risk.From, q.Risk.To
	for _, end := range []struct {
		field string
		score *int
	}{{"riskFrom", from}, {"riskTo", to}} {
		if end.score != nil && (*end.score < 0 || *end.score > maxScore) {
			return symbolon.InvalidField(end.field, "must be from 0 to %d", maxScore)
		}
	}
	if from != nil && to != nil && *from > *to {
		return symbolon.InvalidField("riskFrom", "must not be above riskTo")
	}
	if q.SeenFrom != nil && q.SeenTo != nil && q.SeenFrom.After(*q.SeenTo) {
		return symbolon.InvalidField("seenFrom", "must not be after seenTo")
	}
	return nil
}

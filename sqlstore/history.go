package sqlstore

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/symbolon-id/symbolon"
)

// A history is kept as a line for each visit, of numbers, then the country and the
// name, which hold no control characters. It is read with every device, and JSON takes many
// times as long.
func historyText(h symbolon.History) string {
	var b []byte
	for i, v := range h.Visits {
		if i > 0 {
			b = append(b, '\n')
		}
		b = strconv.AppendInt(b, micro(v.First), 10)
		b = strconv.AppendInt(append(b, ' '), micro(v.Last), 10)
		b = strconv.AppendInt(append(b, ' '), int64(v.ASN), 10)
		b = strconv.AppendInt(append(b, ' '), int64(v.Radius), 10)
		b = strconv.AppendFloat(append(b, ' '), v.Latitude, 'g', -1, 64)
		b = strconv.AppendFloat(append(b, ' '), v.Longitude, 'g', -1, 64)
		b = append(append(b, ' '), v.Country...)
		b = append(append(b, '\t'), v.Location...)
	}
	return string(b)
}

func readHistory(text string) (h symbolon.History, err error) {
	if text == "" {
		return h, nil
	}
	h.Visits = make([]symbolon.Visit, 1+strings.Count(text, "\n"))
	for i := range h.Visits {
		var line string
		line, text, _ = strings.Cut(text, "\n")
		if h.Visits[i], err = readVisit(line); err != nil {
			return h, fmt.Errorf("sqlstore: a visit of a device: %w", err)
		}
	}
	return h, nil
}

func readVisit(line string) (v symbolon.Visit, err error) {
	var words [6]string
	for i := range words {
		words[i], line, _ = strings.Cut(line, " ")
	}
	var whole [4]int64
	for i := range whole {
		if whole[i], err = strconv.ParseInt(words[i], 10, 64); err != nil {
			return v, err
		}
	}
	v.First, v.Last, v.ASN, v.Radius = fromMicro(whole[0]), fromMicro(whole[1]), uint32(whole[2]), int(whole[3]) //nolint:gosec // it was one
	if v.Latitude, err = strconv.ParseFloat(words[4], 64); err != nil {
		return v, err
	}
	v.Longitude, err = strconv.ParseFloat(words[5], 64)
	v.Country, v.Location, _ = strings.Cut(line, "\t")
	return v, err
}

package risk

import (
	"strings"

	"github.com/dunglas/httpsfv"
)

// maxHeader bounds a header value that is parsed; real brand lists stay
// under 200 bytes.
const maxHeader = 1 << 10

// Connection is what the connection of a request says of its client, each
// value as it came.
type Connection struct {
	UserAgent      string
	AcceptLanguage string
	Hints          HintHeaders
}

// HintHeaders are the raw Sec-CH-UA headers. One that is malformed counts as
// missing.
type HintHeaders struct {
	Brands          string // Sec-CH-UA
	FullVersionList string
	Mobile          string
	Platform        string
	PlatformVersion string
	Model           string
}

// ConnectionOf reads a Connection from a request's headers, given their Get.
func ConnectionOf(header func(name string) string) Connection {
	return Connection{
		UserAgent:      header("User-Agent"),
		AcceptLanguage: header("Accept-Language"),
		Hints: HintHeaders{
			Brands:          header("Sec-CH-UA"),
			FullVersionList: header("Sec-CH-UA-Full-Version-List"),
			Mobile:          header("Sec-CH-UA-Mobile"),
			Platform:        header("Sec-CH-UA-Platform"),
			PlatformVersion: header("Sec-CH-UA-Platform-Version"),
			Model:           header("Sec-CH-UA-Model"),
		},
	}
}

func (h HintHeaders) parse() ClientHints {
	full := brandList(h.FullVersionList)
	brands := full // the same brands, so the shorter list is read only without it
	if len(full) == 0 {
		brands = brandList(h.Brands)
	}
	return ClientHints{
		Brands:          brands,
		FullVersionList: full,
		Mobile:          h.Mobile == "?1",
		Platform:        stringItem(h.Platform),
		PlatformVersion: stringItem(h.PlatformVersion),
		Model:           stringItem(h.Model),
	}
}

// stringItem reads a structured field that is one string (RFC 9651, 3.3.3).
func stringItem(value string) string {
	if value == "" || len(value) > maxHeader {
		return ""
	}
	item, err := httpsfv.UnmarshalItem([]string{value})
	if err != nil {
		return ""
	}
	s, _ := item.Value.(string)
	return s
}

// brandList reads a structured field that lists brands, each a string with
// its version as the parameter v (RFC 9651, 3.1; UA-CH, section 3.1).
func brandList(value string) []Brand {
	if value == "" || len(value) > maxHeader {
		return nil
	}
	list, err := httpsfv.UnmarshalList([]string{value})
	if err != nil {
		return nil
	}
	brands := make([]Brand, 0, len(list))
	for _, member := range list {
		item, ok := member.(httpsfv.Item)
		if !ok {
			continue
		}
		name, _ := item.Value.(string)
		v, _ := item.Params.Get("v")
		number, _ := v.(string)
		brands = append(brands, Brand{Name: name, Version: number})
	}
	return brands
}

// firstLanguage returns the first tag of an Accept-Language header, which
// browsers send in order of preference (RFC 9110, section 12.5.4).
func firstLanguage(accept string) string {
	tag, _, _ := strings.Cut(accept, ",")
	tag, _, _ = strings.Cut(tag, ";")
	tag = strings.TrimSpace(tag)
	if len(tag) > 35 {
		return ""
	}
	for i := range len(tag) {
		if !isLetter(tag[i]) && !isDigit(tag[i]) && tag[i] != '-' {
			return ""
		}
	}
	return tag
}

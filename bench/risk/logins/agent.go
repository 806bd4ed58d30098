package logins

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/symbolon-id/symbolon/risk"
)

// major is the major version of the browser at that time.
func (b *machine) major(at time.Time) int {
	first := map[string]int{chrome: 131, edge: 131, firefox: 133, samsung: 27, safari: 17}[b.family]
	if b.family == safari {
		return first + b.systemGeneration(at)
	}
	age := at.Sub(begin) - b.late + releaseEvery
	releases := max(int(age/releaseEvery), 0)
	if b.family == samsung {
		return first + releases/3
	}
	return first + releases
}

// patch tells the weekly refreshes of one major version apart.
func (b *machine) patch(at time.Time) int {
	return 40 + int(max(at.Sub(begin)-b.late, 0)/(7*24*time.Hour))*17
}

func (b *machine) systemGeneration(at time.Time) int {
	if at.Before(b.upgrade) {
		return b.generation
	}
	return b.generation + 1
}

// minor is the minor version of macOS or iOS.
func (b *machine) minor(at time.Time) int { return int(max(at.Sub(begin)-b.late, 0) / systemEvery) }

// systemVersion is what the client hint Sec-CH-UA-Platform-Version says.
func (b *machine) systemVersion(at time.Time) string {
	g := b.systemGeneration(at)
	switch b.system {
	case windows:
		return []string{"10.0.0", "15.0.0", "19.0.0", "19.0.0"}[g]
	case macos:
		return fmt.Sprintf("%d.%d.0", 13+g, b.minor(at))
	case android:
		return fmt.Sprintf("%d.0.0", 12+g)
	}
	return ""
}

// agent is the User-Agent string, reduced as today's browsers reduce it.
func (b *machine) agent(at time.Time) string {
	v := b.major(at)
	seat := map[string]string{
		windows: "Windows NT 10.0; Win64; x64", macos: "Macintosh; Intel Mac OS X 10_15_7", ipados: "Macintosh; Intel Mac OS X 10_15_7",
		linux: "X11; Linux x86_64", android: "Linux; Android 10; K",
		ios: fmt.Sprintf("iPhone; CPU iPhone OS %d_%d like Mac OS X", 17+b.systemGeneration(at), b.minor(at)),
	}[b.system]
	const webkit = "Mozilla/5.0 (%s) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.%d"
	const blink = "Mozilla/5.0 (%s) AppleWebKit/537.36 (KHTML, like Gecko) "
	mobile := ""
	if b.system == android {
		mobile = "Mobile "
	}
	switch b.family {
	case firefox:
		return fmt.Sprintf("Mozilla/5.0 (%s; rv:%d.0) Gecko/20100101 Firefox/%d.0", strings.ReplaceAll(seat, "10_15_7", "10.15"), v, v)
	case safari:
		tail := " Safari/605.1.15"
		if b.system == ios {
			tail = " Mobile/15E148 Safari/604.1"
		}
		return fmt.Sprintf(webkit, seat, v, b.minor(at)) + tail
	case samsung:
		return fmt.Sprintf(blink+"SamsungBrowser/%d.0 Chrome/%d.0.0.0 %sSafari/537.36", seat, v, v+94, mobile)
	case edge:
		return fmt.Sprintf(blink+"Chrome/%d.0.0.0 Safari/537.36 Edg/%d.0.0.0", seat, v, v)
	}
	return fmt.Sprintf(blink+"Chrome/%d.0.0.0 %sSafari/537.36", seat, v, mobile)
}

// connection is what the browser's requests say of it.
func (b *machine) connection(at time.Time) risk.Connection {
	c := risk.Connection{UserAgent: b.agent(at), AcceptLanguage: strings.Join(b.languages, ",")}
	if b.chromium() {
		v := strconv.Itoa(b.major(at))
		c.Hints = risk.HintHeaders{
			Brands: `"Chromium";v="` + v + `", "` + b.family + `";v="` + v + `", "Not.A/Brand";v="99"`,
			Mobile: map[bool]string{true: "?1", false: "?0"}[b.system == android], Platform: `"` + b.system + `"`,
		}
	}
	return c
}

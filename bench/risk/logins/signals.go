package logins

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// shown is what the SDK collects, as it sends it.
type shown struct {
	ClientHints    *hints     `json:"clientHints,omitempty"`
	Screen         *size      `json:"screen,omitempty"`
	ColorDepth     int        `json:"colorDepth,omitempty"`
	PixelRatio     float64    `json:"pixelRatio,omitempty"`
	TimeZone       string     `json:"timeZone,omitempty"`
	Languages      []string   `json:"languages,omitempty"`
	Cores          int        `json:"cores,omitempty"`
	DeviceMemory   int        `json:"deviceMemory,omitempty"`
	MaxTouchPoints int        `json:"maxTouchPoints"`
	Plugins        []string   `json:"plugins,omitempty"`
	WebGL          *webgl     `json:"webgl,omitempty"`
	Automation     automation `json:"automation"`
	PrivateMode    bool       `json:"privateMode,omitempty"`
	Persisted      bool       `json:"storagePersisted"`
}

type (
	size       struct{ Width, Height int }
	webgl      struct{ Vendor, Renderer string }
	automation struct {
		WebDriver bool `json:"webdriver"`
	}
	brand struct {
		Brand   string `json:"brand"`
		Version string `json:"version"`
	}
	hints struct {
		Brands          []brand `json:"brands"`
		FullVersionList []brand `json:"fullVersionList,omitempty"`
		Platform        string  `json:"platform"`
		PlatformVersion string  `json:"platformVersion,omitempty"`
		Architecture    string  `json:"architecture,omitempty"`
		Bitness         string  `json:"bitness,omitempty"`
		Model           string  `json:"model,omitempty"`
		Mobile          bool    `json:"mobile"`
	}
)

// MarshalJSON writes the members in lower case.
func (s size) MarshalJSON() ([]byte, error) {
	return []byte(fmt.Sprintf(`{"width":%d,"height":%d}`, s.Width, s.Height)), nil
}

// MarshalJSON writes the members in lower case.
func (g webgl) MarshalJSON() ([]byte, error) {
	return []byte(fmt.Sprintf(`{"vendor":%q,"renderer":%q}`, g.Vendor, g.Renderer)), nil
}

// scene is what of a moment the signals depend on.
type scene struct {
	at     time.Time
	zone   string
	docked bool
}

// show is what the machine's SDK collects then.
func (b *machine) show(r *rand.Rand, s scene) shown {
	view := b.screen
	if s.docked && b.external.width > 0 {
		view = b.external
	}
	got := shown{
		Screen: &size{view.width, view.height}, PixelRatio: view.ratio, ColorDepth: b.depth, TimeZone: s.zone,
		Languages: b.languages, Cores: b.cores, MaxTouchPoints: b.touch, Persisted: b.persisted, WebGL: b.webgl(r),
	}
	if b.computer() {
		got.Plugins = []string{"PDF Viewer", "Chrome PDF Viewer", "Chromium PDF Viewer", "Microsoft Edge PDF Viewer", "WebKit built-in PDF"}
	}
	if b.chromium() {
		got.ClientHints, got.DeviceMemory = b.hints(r, s.at), b.memory
	}
	if b.noisy {
		got.Cores, got.WebGL = 2+2*r.IntN(8), &webgl{"", strconv.Itoa(r.IntN(1 << 20))}
	}
	return got
}

func (b *machine) webgl(r *rand.Rand) *webgl {
	gpu := b.gpu
	if b.otherGPU != "" && chance(r, 0.5) {
		gpu = b.otherGPU
	}
	maker, _, _ := strings.Cut(gpu, " ")
	maker = strings.TrimSuffix(maker, "(R)")
	const direct = " Direct3D11 vs_5_0 ps_5_0"
	switch {
	case b.family == safari:
		return &webgl{"Apple Inc.", "Apple GPU"}
	case b.system == android:
		return &webgl{"Qualcomm", gpu}
	case b.system == windows && b.family == firefox: // tells a class of graphics chips only
		return &webgl{"Google Inc. (" + maker + ")", "ANGLE (" + maker + direct + "), or similar"}
	case b.system == windows:
		return &webgl{"Google Inc. (" + maker + ")", "ANGLE (" + maker + ", " + gpu + direct + ", D3D11)"}
	case b.system == macos && b.family == firefox:
		return &webgl{"Apple", gpu + ", or similar"}
	case b.system == macos:
		return &webgl{"Google Inc. (Apple)", "ANGLE (Apple, ANGLE Metal Renderer: " + gpu + ", Unspecified Version)"}
	}
	return &webgl{"Google Inc.", "ANGLE (" + gpu + ", OpenGL 4.6)"}
}

// hints lack what takes time when it took too long.
func (b *machine) hints(r *rand.Rand, at time.Time) *hints {
	v := b.major(at)
	h := &hints{
		Brands:   []brand{{"Chromium", strconv.Itoa(v)}, {b.family, strconv.Itoa(v)}, {"Not.A/Brand", "99"}},
		Platform: b.system, Mobile: b.system == android,
	}
	if chance(r, hintsLate) {
		return h
	}
	full := fmt.Sprintf("%d.0.%d.%d", v, 6700+v, b.patch(at))
	h.FullVersionList = []brand{{"Chromium", full}, {b.family, full}, {"Not.A/Brand", "99.0.0.0"}}
	h.PlatformVersion, h.Architecture, h.Model = b.systemVersion(at), b.arch, b.hardware
	if b.computer() {
		h.Bitness = "64"
	}
	return h
}

func (s shown) json() json.RawMessage {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // every member is plain
	}
	return text
}

package logins

// model is a system and the browser on it.
type model struct{ system, family string }

// Which browsers people use. StatCounter, 2025: on computers Chrome 70%, Edge 12%, Safari
// 6%, Firefox 5%; on phones Chrome 69%, Safari 20%, Samsung 3%. What systems they run on,
// and how common hardware is, is assumed.

var computers = []share[model]{
	{model{windows, chrome}, 56},
	{model{windows, edge}, 12},
	{model{windows, firefox}, 4},
	{model{macos, chrome}, 12},
	{model{macos, safari}, 7},
	{model{macos, firefox}, 1},
	{model{linux, chrome}, 2},
	{model{linux, firefox}, 1},
}

var phones = []share[model]{{model{android, chrome}, 70}, {model{ios, safari}, 25}, {model{android, samsung}, 5}}

var tablets = []share[model]{{model{ipados, safari}, 60}, {model{android, chrome}, 40}}

// attackers' computers: assumed.
var attackerComputers = []share[model]{
	{model{windows, chrome}, 60},
	{model{windows, firefox}, 12},
	{model{windows, edge}, 5},
	{model{linux, chrome}, 10},
	{model{linux, firefox}, 5},
	{model{macos, chrome}, 8},
}

const (
	windows = "Windows"
	macos   = "macOS"
	linux   = "Linux"
	android = "Android"
	ios     = "iOS"
	ipados  = "iPadOS"

	chrome  = "Google Chrome"
	edge    = "Microsoft Edge"
	firefox = "Firefox"
	safari  = "Safari"
	samsung = "Samsung Internet"
)

// screen is in CSS pixels.
type screen struct {
	width, height int
	ratio         float64
}

var screens = map[string][]share[screen]{
	windows: {
		{screen{1920, 1080, 1}, 36},
		{screen{1536, 864, 1.25}, 22},
		{screen{2560, 1440, 1}, 10},
		{screen{1366, 768, 1}, 8},
		{screen{1280, 720, 1.5}, 6},
		{screen{1707, 1067, 1.5}, 4},
		{screen{1600, 900, 1}, 3},
		{screen{1920, 1200, 1}, 3},
		{screen{1440, 900, 1}, 2},
		{screen{3440, 1440, 1}, 3},
		{screen{1680, 1050, 1}, 3},
	},
	macos: {
		{screen{1440, 900, 2}, 30},
		{screen{1470, 956, 2}, 20},
		{screen{1512, 982, 2}, 20},
		{screen{1728, 1117, 2}, 15},
		{screen{2560, 1440, 2}, 15},
	},
	linux: {{screen{1920, 1080, 1}, 60}, {screen{2560, 1440, 1}, 25}, {screen{1366, 768, 1}, 15}},
	android: {
		{screen{360, 800, 3}, 30}, {screen{412, 915, 2.625}, 30}, {screen{384, 832, 2.8125}, 20}, {screen{393, 873, 2.75}, 20},
	},
	ios: {
		{screen{390, 844, 3}, 35}, {screen{393, 852, 3}, 25}, {screen{430, 932, 3}, 15}, {screen{375, 812, 3}, 15}, {screen{375, 667, 2}, 10},
	},
	ipados: {{screen{820, 1180, 2}, 50}, {screen{810, 1080, 2}, 30}, {screen{1024, 1366, 2}, 20}},
}

// externals are screens that a computer is docked to.
var externals = []share[screen]{{screen{1920, 1080, 1}, 55}, {screen{2560, 1440, 1}, 30}, {screen{3840, 2160, 1}, 15}}

var renderers = map[string][]share[string]{
	windows: {
		{"Intel(R) UHD Graphics 620 (0x00005917)", 16},
		{"Intel(R) Iris(R) Xe Graphics (0x00009A49)", 16},
		{"Intel(R) UHD Graphics (0x00009B41)", 10},
		{"Intel(R) HD Graphics 520 (0x00001916)", 8},
		{"Intel(R) UHD Graphics 630 (0x00003E92)", 10},
		{"AMD Radeon(TM) Graphics (0x00001638)", 10},
		{"AMD Radeon(TM) Vega 8 Graphics (0x000015D8)", 6},
		{"NVIDIA GeForce RTX 3060 (0x00002504)", 8},
		{"NVIDIA GeForce GTX 1650 (0x00001F82)", 7},
		{"NVIDIA GeForce RTX 4060 (0x00002882)", 5},
		{"NVIDIA GeForce GTX 1060 6GB (0x00001C03)", 4},
	},
	macos: {{"Apple M1", 30}, {"Apple M2", 22}, {"Apple M3", 14}, {"Apple M1 Pro", 12}, {"Apple M2 Pro", 7}, {"Intel Iris Plus Graphics", 15}},
	linux: {{"Mesa Intel(R) UHD Graphics 620 (KBL GT2)", 40}, {"Mesa Intel(R) Xe Graphics (TGL GT2)", 35}, {"AMD Radeon Graphics (radeonsi, renoir)", 25}},
	android: {
		{"Adreno (TM) 740", 12}, {"Adreno (TM) 730", 10}, {"Adreno (TM) 660", 10}, {"Adreno (TM) 619", 14}, {"Mali-G68", 14}, {"Mali-G57", 14}, {"Mali-G78", 12}, {"Mali-G710", 14},
	},
	ios:    {{"Apple GPU", 1}},
	ipados: {{"Apple GPU", 1}},
}

var cores = map[string][]share[int]{
	windows: {{4, 15}, {8, 42}, {12, 22}, {16, 21}},
	macos:   {{8, 60}, {10, 25}, {12, 15}},
	linux:   {{4, 20}, {8, 50}, {16, 30}},
	android: {{8, 1}},
	ios:     {{4, 1}},
	ipados:  {{4, 1}},
}

var models = []string{
	"SM-S918B", "SM-S911B", "SM-A546B", "SM-A346B", "SM-A156B", "Pixel 7", "Pixel 8", "Pixel 8a", "23021RAA2Y", "2201117TY", "CPH2519", "motorola edge 40",
}

package logins

import (
	"math/rand/v2"
	"time"
)

// machine is one browser on one device.
type machine struct {
	model
	hardware         string // the model of an Android phone
	gpu, otherGPU    string
	cores, memory    int
	touch, depth     int
	screen, external screen
	languages        []string
	arch             string

	late       time.Duration // how long it waits with updates
	upgrade    time.Time     // to the next major version of the system
	generation int           // of the system, before that
	noisy      bool
	shared     bool
	persisted  bool

	key       string
	used      time.Time
	nextClear time.Time
	replaced  time.Time
}

func newMachine(r *rand.Rand, m model, language string) *machine {
	b := &machine{
		model: m, gpu: pick(r, renderers[m.system]), cores: pick(r, cores[m.system]), screen: pick(r, screens[m.system]),
		memory: 8, depth: 24, arch: "x86", late: wait(r, updatesLate), generation: r.IntN(3),
		upgrade: begin.AddDate(2, 0, 0), noisy: chance(r, noisy), shared: chance(r, sharedKey), persisted: chance(r, 0.5),
	}
	if chance(r, slowShare) {
		b.late = wait(r, updatesSlow)
	}
	if chance(r, systemMajor) {
		b.upgrade = begin.Add(time.Duration(r.Float64() * days * 24 * float64(time.Hour)))
	}
	b.languages = []string{language}
	if chance(r, englishToo) && language != "en-US" {
		b.languages = []string{"en-US", language}
	}
	b.equip(r)
	return b
}

// equip gives the machine what machines of its kind have.
func (b *machine) equip(r *rand.Rand) {
	switch b.system {
	case windows:
		b.memory = pick(r, []share[int]{{4, 15}, {8, 85}})
		b.touch = pick(r, []share[int]{{0, 78}, {10, 22}})
		if chance(r, twoGPUs) {
			b.otherGPU = "NVIDIA GeForce RTX 3050 Laptop GPU (0x000025A2)"
		}
	case macos:
		b.arch, b.depth = "arm", pick(r, []share[int]{{30, 70}, {24, 30}})
	case android:
		b.arch, b.touch, b.hardware = "", 5, one(r, models)
		b.memory = pick(r, []share[int]{{4, 35}, {8, 65}})
	case ios, ipados:
		b.arch, b.touch = "", 5
	}
	if b.computer() && chance(r, docks) {
		b.external = pick(r, externals)
	}
}

func (b *machine) computer() bool {
	return b.system == windows || b.system == macos || b.system == linux
}

func (b *machine) chromium() bool {
	return b.family == chrome || b.family == edge || b.family == samsung
}

// copied is a machine that shows what another shows, at the same time.
func (b *machine) copied() *machine {
	c := *b
	return &c
}

package logins

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"time"
)

// user is one person and what they log in with.
type user struct {
	id    int
	world *world
	rand  *rand.Rand

	home     city
	line     network // at home
	carrier  network
	office   *line // nil for none
	perDay   float64
	trips    []trip
	vpn      bool
	private  bool
	silent   bool // collects no signals
	clears   time.Duration
	browsers []*machine
	made     int // keys so far
}

type trip struct {
	from, to time.Time
	city     city
}

func newUser(id int, w *world, r *rand.Rand) *user {
	country := pick(r, homes)
	u := &user{
		id: id, world: w, rand: r, home: cityOf(r, country), line: pick(r, w.fixed[country]), carrier: pick(r, w.mobile[country]),
		perDay: seldomLogins / days, vpn: chance(r, vpnUsers), private: chance(r, privateAlways), silent: chance(r, noSignals),
		clears: clearSeldom,
	}
	if chance(r, oftenShare) {
		u.perDay = oftenLogins / days
	}
	if chance(r, clearsOften) {
		u.clears = clearEvery
	}
	if chance(r, officeShare) {
		u.office = u.newOffice()
	}
	u.plan()
	u.buy()
	return u
}

// newOffice is the one address of where the user works.
func (u *user) newOffice() *line {
	r := u.rand
	at := u.home
	if chance(r, officeAway) {
		at = cityOf(r, pick(r, homes))
	}
	net := pick(r, u.world.fixed[at.country])
	if chance(r, officeOwnAS) {
		net.asn, net.name = 100_000+uint32(u.id), "office"
	}
	l := u.world.lineOf(net, at, r.IntN(1<<20))
	return &l
}

// plan draws the trips of the year.
func (u *user) plan() {
	for range count(u.rand, tripsPerYear) {
		from := begin.Add(time.Duration(u.rand.Float64() * days * 24 * float64(time.Hour)))
		nights := 1 + wait(u.rand, time.Duration((tripNights-1)*24*float64(time.Hour)))/(24*time.Hour)
		to := cityOf(u.rand, u.home.country)
		if chance(u.rand, tripAbroad) {
			to = one(u.rand, cities)
		}
		u.trips = append(u.trips, trip{from, from.Add(nights * 24 * time.Hour), to})
	}
}

// buy gives the user what they have when the year begins.
func (u *user) buy() {
	r := u.rand
	if chance(r, hasComputer) {
		u.add(pick(r, computers))
		if chance(r, otherBrowser) {
			twin := u.browsers[0].copied()
			twin.family = map[string]string{chrome: firefox}[twin.family]
			if twin.family == "" {
				twin.family = chrome
			}
			u.browsers = append(u.browsers, twin)
		}
	}
	if chance(r, hasSecond) {
		u.add(pick(r, computers))
	}
	if chance(r, hasTablet) {
		u.add(pick(r, tablets))
	}
	if chance(r, hasPhone) || len(u.browsers) == 0 {
		u.add(pick(r, phones))
	}
}

func (u *user) add(m model) {
	b := newMachine(u.rand, m, languages[u.home.country])
	life := phoneLife
	if b.computer() {
		life = computerLife
	}
	b.replaced, b.nextClear = begin.Add(wait(u.rand, life)), begin.Add(wait(u.rand, u.clears))
	u.browsers = append(u.browsers, b)
}

// year is what the user does in it, and one attacker of each kind.
func (u *user) year() []Login {
	attacks := u.attackTimes()
	var all []Login
	for _, at := range u.times() {
		for len(attacks) > 0 && attacks[0].at.Before(at) {
			all = u.attacked(all, attacks[0])
			attacks = attacks[1:]
		}
		all = append(all, u.login(at))
	}
	for _, a := range attacks {
		all = u.attacked(all, a)
	}
	return all
}

// times are when the user logs in: between 7 and 23 o'clock at home.
func (u *user) times() []time.Time {
	zone, err := time.LoadLocation(u.home.zone)
	if err != nil {
		panic(err) // the table of cities names zones that there are
	}
	var times []time.Time
	for day := range days {
		for range count(u.rand, u.perDay) {
			local := time.Date(2025, 1, 1+day, 7, 0, 0, 0, zone)
			times = append(times, local.Add(time.Duration(u.rand.Float64()*16*float64(time.Hour))).UTC())
		}
	}
	slices.SortFunc(times, time.Time.Compare)
	return times
}

// login is what the user's own login at that time looks like.
func (u *user) login(at time.Time) Login {
	r := u.rand
	here, away := u.whereabouts(at)
	b := u.choose(away)
	u.age(b, at)
	l, docked := u.connect(b, at, here, away)
	s := scene{at: at, zone: here.zone, docked: docked}
	if away && chance(r, zoneStays) {
		s.zone = u.home.zone
	}
	got := b.show(r, s)
	login := Login{
		At: at, User: u.id, Kind: Honest, Key: b.key, Shared: b.shared,
		Address: l.address, Place: l.place, Connection: b.connection(at),
	}
	u.hide(&login, b, &got)
	if !u.silent {
		login.Signals = got.json()
	}
	b.used = at
	return login
}

// hide opens a private window, where the user does, and registers a key where there is
// none.
func (u *user) hide(login *Login, b *machine, got *shown) {
	if u.private || chance(u.rand, privateLogins) {
		login.Key, got.Persisted = "", false
		got.PrivateMode = chance(u.rand, privateSeen)
		if !got.PrivateMode {
			login.Registers = u.newKey() // and forgets it with the window
		}
		return
	}
	if b.key == "" {
		b.key = u.newKey()
		login.Registers = b.key
	}
}

func (u *user) newKey() string {
	u.made++
	return fmt.Sprintf("%d/%d", u.id, u.made)
}

// age lets happen to the browser what happened since its last use: it was replaced, or
// its key went.
func (u *user) age(b *machine, at time.Time) {
	r := u.rand
	if at.After(b.replaced) {
		u.replace(b, at)
	}
	if at.After(b.nextClear) {
		b.key, b.nextClear = "", at.Add(wait(r, u.clears))
	}
	if b.family == safari && !b.used.IsZero() && at.Sub(b.used) > safariCap && chance(r, safariForgot) {
		b.key = ""
	}
}

func (u *user) replace(b *machine, at time.Time) {
	from := computers
	switch {
	case b.system == ipados:
		from = tablets
	case !b.computer():
		from = phones
	}
	m := b.model
	if !chance(u.rand, sameMaker) {
		m = pick(u.rand, from)
	}
	life := phoneLife
	if b.computer() {
		life = computerLife
	}
	*b = *newMachine(u.rand, m, languages[u.home.country])
	b.replaced, b.nextClear = at.Add(wait(u.rand, life)), at.Add(wait(u.rand, u.clears))
}

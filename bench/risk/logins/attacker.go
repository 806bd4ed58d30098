package logins

import (
	"slices"
	"time"
)

// attack is when an attacker of which kind comes.
type attack struct {
	at   time.Time
	kind Kind
}

// attackTimes are after the warm-up, each at any time.
func (u *user) attackTimes() []attack {
	var all []attack
	for _, kind := range Attacks {
		after := warmUp + u.rand.Float64()*(days-warmUp)
		all = append(all, attack{begin.Add(time.Duration(after * 24 * float64(time.Hour))), kind})
	}
	slices.SortFunc(all, func(a, b attack) int { return a.at.Compare(b.at) })
	return all
}

// attacked adds an attacker's login, where there is something to attack.
func (u *user) attacked(all []Login, a attack) []Login {
	victim := u.latest(func(*machine) bool { return true })
	if a.kind == StolenKey || a.kind == ImitatedKey {
		victim = u.latest(func(b *machine) bool { return b.key != "" && b.computer() })
	}
	if victim == nil {
		return all
	}
	return append(all, u.attack(a, victim))
}

// intruder is an attacker, before they log in.
type intruder struct {
	machine *machine
	home    city
	line    line
	zone    string
}

// newIntruder sits somewhere, with a browser and a network of their own.
func (u *user) newIntruder() intruder {
	r := u.rand
	country := pick(r, lairs)
	if chance(r, attackerNear) {
		country = u.home.country
	}
	i := intruder{machine: newMachine(r, pick(r, attackerComputers), languages[country]), home: cityOf(r, country)}
	i.zone = i.home.zone
	if chance(r, attackerHosting) {
		i.line = u.world.exit(r, one(r, cities).country)
	} else {
		i.line = u.world.lineOf(pick(r, u.world.fixed[country]), i.home, r.IntN(1<<20))
	}
	return i
}

func (u *user) attack(a attack, victim *machine) Login {
	i := u.newIntruder()
	login := Login{At: a.at, User: u.id, Kind: a.kind}
	switch a.kind {
	case StolenPassword:
		u.send(&login, i, i.machine)
	case CopiedAgent:
		u.copyAgent(&login, i, victim)
	case CityProxy:
		i.hide(u, u.home)
		u.copyAgent(&login, i, victim)
	case StolenSession:
		u.steal(&login, i, victim)
	case StolenKey:
		u.openProfile(&login, i, victim)
	case ImitatedKey:
		i.hide(u, u.home)
		i.zone = u.home.zone
		u.send(&login, i, victim)
		login.Key, login.Shared = victim.key, victim.shared
	}
	return login
}

// hide puts the attacker behind a proxy in the city.
func (i *intruder) hide(u *user, c city) {
	i.line = u.world.proxy(u.rand, c)
	i.zone = u.proxied(i.zone, c)
}

// send fills in what a request by that browser shows, on the attacker's line.
func (u *user) send(login *Login, i intruder, b *machine) {
	got := b.show(u.rand, scene{at: login.At, zone: i.zone})
	got.Automation.WebDriver = b == i.machine && chance(u.rand, attackerDriven)
	login.Address, login.Place = i.line.address, i.line.place
	login.Connection, login.Signals = b.connection(login.At), got.json()
}

// copyAgent shows the victim's user agent as it was at the victim's last login: in the
// header alone, or in all that tells of browser and system, as browsers made for it do.
func (u *user) copyAgent(login *Login, i intruder, victim *machine) {
	u.send(login, i, i.machine)
	login.Connection = victim.connection(victim.used)
	if chance(u.rand, headerOnly) {
		return
	}
	b := newMachine(u.rand, victim.model, i.machine.languages[0])
	b.hardware, b.late, b.upgrade, b.generation = victim.hardware, victim.late, victim.upgrade, victim.generation
	got := b.show(u.rand, scene{at: victim.used, zone: i.zone})
	login.Signals = got.json()
}

// steal logs in with a session that malware took, some with all that it saw besides.
func (u *user) steal(login *Login, i intruder, victim *machine) {
	if chance(u.rand, sessionImitates) {
		i.hide(u, u.home)
		i.zone = u.home.zone
		u.send(login, i, victim)
		return
	}
	switch at := u.rand.Float64(); {
	case at < sessionCity:
		i.hide(u, u.home)
	case at < sessionCity+sessionCountry:
		i.hide(u, cityOf(u.rand, u.home.country))
	}
	if chance(u.rand, sessionCopies) {
		u.copyAgent(login, i, victim)
		return
	}
	u.send(login, i, i.machine)
}

// openProfile opens a copy of the victim's browser profile, with its key, mostly in the
// browser that it belongs to.
func (u *user) openProfile(login *Login, i intruder, victim *machine) {
	if chance(u.rand, keySameBrowser) {
		i.machine = newMachine(u.rand, victim.model, i.machine.languages[0])
	}
	if chance(u.rand, keyCity) {
		i.hide(u, u.home)
	}
	u.send(login, i, i.machine)
	login.Key, login.Shared = victim.key, victim.shared
}

// proxied is the time zone that an attacker's browser shows behind a proxy.
func (u *user) proxied(zone string, at city) string {
	if chance(u.rand, zoneCopied) {
		return at.zone
	}
	return zone
}

// latest is the browser that the user used last; nil where none was used.
func (u *user) latest(wanted func(*machine) bool) *machine {
	var last *machine
	var used time.Time
	for _, b := range u.browsers {
		if b.used.After(used) && wanted(b) {
			last, used = b, b.used
		}
	}
	return last
}

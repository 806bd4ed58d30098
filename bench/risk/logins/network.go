package logins

import "time"

// whereabouts is where the user is, and whether that is on a trip.
func (u *user) whereabouts(at time.Time) (city, bool) {
	for _, t := range u.trips {
		if !at.Before(t.from) && at.Before(t.to) {
			return t.city, true
		}
	}
	return u.home, false
}

// choose takes one of the user's browsers: the phone more often on a trip.
func (u *user) choose(away bool) *machine {
	from := make([]share[*machine], len(u.browsers))
	for i, b := range u.browsers {
		from[i] = share[*machine]{b, 1 / float64(i+1)}
		if !b.computer() && away {
			from[i].weight *= 3
		}
	}
	return pick(u.rand, from)
}

// connect is the address from which the user's request comes, and whether the computer
// stands where its other screen is.
func (u *user) connect(b *machine, at time.Time, here city, away bool) (line, bool) {
	r := u.rand
	if u.vpn && chance(r, vpnLogins) {
		country := u.home.country
		if !chance(r, vpnAtHome) {
			country = one(r, cities).country
		}
		return u.world.exit(r, country), false
	}
	switch {
	case away:
		return u.abroad(b, here), false
	case u.office != nil && b.computer() && chance(r, 0.45), u.office != nil && chance(r, 0.1):
		return *u.office, true
	case b.system == android || b.system == ios:
		if chance(r, 0.45) {
			return u.world.mobileLine(r, u.carrier, u.home.country), false
		}
	case chance(r, 0.05): // a café, or the phone's connection
		if chance(r, 0.5) {
			return u.world.mobileLine(r, u.carrier, u.home.country), false
		}
		return u.world.lineOf(pick(r, u.world.fixed[u.home.country]), u.home, r.IntN(1<<20)), false
	}
	return u.homeLine(at), false
}

// abroad is an address on a trip: the carrier's at home where the phone roams, or where
// the traveller stays.
func (u *user) abroad(b *machine, here city) line {
	r := u.rand
	if (b.system == android || b.system == ios) && chance(r, roams) {
		return u.world.mobileLine(r, u.carrier, u.home.country)
	}
	return u.world.lineOf(pick(r, u.world.fixed[here.country]), here, r.IntN(1<<20))
}

// homeLine is the address that the home has at that time.
func (u *user) homeLine(at time.Time) line {
	lease := leaseOther
	if u.line.daily {
		lease = leaseDaily
	}
	nth := int(at.Sub(begin) / lease)
	return u.world.lineOf(u.line, u.home, (u.id*7919+nth*104_729)%(1<<20))
}

// Package freeman is the baseline: the likelihood-ratio model of Freeman, Jain, Dürmuth,
// Biggio and Giacinto, "Who Are You? A Statistical Approach to Measuring User
// Authenticity", NDSS 2016, doi:10.14722/ndss.2016.23240, equation 7 without data on
// attackers. With x the features of a login by user u, each independent of the others,
//
//	score = Π p(x) / p(x|u)  ·  p(u|attack) / p(u)
//
// A value that the user never showed still has some likelihood: it comes from coarser
// values of the same feature (an address, its network, its country) by linear
// interpolation,
//
//	p(x|u) = (1-β) Σ λᵢ p(x|hᵢ) pᵤ(hᵢ) + β p(x)
//
// where hᵢ is the value at level i, h₀ = x itself, pᵤ is its share of the user's logins,
// and β = M/(N+M) is what N logins leave to M unseen values. As p(x|hᵢ) = p(x)/p(hᵢ), the
// ratio needs shares only.
//
// The levels, λ and M are those of Wiefling et al., "Pump Up Password Security!", ACM TOPS
// 2022, doi:10.1145/3546069, set for their 31 million logins
// (github.com/das-group/rba-algorithm). A fixed β, and M = 1, made the model worse on most
// kinds of attackers.
package freeman

// Feature is what a model reads of one feature: the λ of its levels, from the exact value
// to the coarsest. They sum to 1.
type Feature []float64

// The published features.
var (
	Address   = Feature{0.6, 0.3, 0.1}                  // address, autonomous system, country
	UserAgent = Feature{0.5387, 0.2680, 0.1882, 0.0051} // string, browser, system, type of device
	Exact     = Feature{1}                              // one value without levels
)

// Model is what was learnt so far, of all users and of each.
type Model struct {
	features []Feature
	global   *history
	users    map[int]*history
}

// Values are a login's: of each feature, the value at each level.
type Values [][]string

// New is a model of these features that has learnt nothing.
func New(features ...Feature) *Model {
	return &Model{features: features, global: newHistory(features), users: map[int]*history{}}
}

// history counts how often each value was seen.
type history struct {
	logins float64
	counts [][]map[string]float64 // by feature and level
}

func newHistory(features []Feature) *history {
	h := &history{}
	for _, f := range features {
		levels := make([]map[string]float64, len(f))
		for i := range levels {
			levels[i] = map[string]float64{}
		}
		h.counts = append(h.counts, levels)
	}
	return h
}

// Learn takes in a login that was the user's own.
func (m *Model) Learn(user int, x Values) {
	if m.users[user] == nil {
		m.users[user] = newHistory(m.features)
	}
	for _, h := range []*history{m.global, m.users[user]} {
		h.logins++
		for f, levels := range x {
			for i, value := range levels {
				h.counts[f][i][value]++
			}
		}
	}
}

// Score is the risk of the login: the higher the likelier an attacker's. Of a user whom
// the model does not know it says 1.
func (m *Model) Score(user int, x Values) float64 {
	own := m.users[user]
	if own == nil {
		return 1
	}
	score := 1.0
	for f := range m.features {
		score /= m.lift(own, f, x[f])
	}
	share := own.logins / m.global.logins
	return score / float64(len(m.users)) / share
}

// lift is p(x|u) / p(x).
func (m *Model) lift(own *history, f int, levels []string) float64 {
	var likelihood float64
	unseen := 1.0
	for i, value := range levels {
		if all := m.global.counts[f][i][value]; all > 0 {
			likelihood += m.features[f][i] * (own.counts[f][i][value] / own.logins) / (all / m.global.logins)
		}
		if i > 0 {
			unseen += float64(len(own.counts[f][i]))
		}
	}
	beta := unseen / (own.logins + unseen)
	return (1-beta)*likelihood + beta
}

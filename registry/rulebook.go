package registry

import (
	"sync"

	"github.com/symbolon-id/symbolon"
	"github.com/symbolon-id/symbolon/policy"
)

// rulebooks keep the compiled rules of each app's policy for as long as its version
// stands: compiling costs far more than the read that tells the version.
type rulebooks struct {
	mu    sync.Mutex
	books map[symbolon.AppID]rulebook
}

type rulebook struct {
	version int64
	read    func() *policy.Rules // compiles at the first call, and once
}

// RulesDoNotCompile is the rule that a decision names where the policy's own can't be read.
const RulesDoNotCompile = "rules that do not compile"

// compiled are the rules of the policy, nil where it has none. They were checked when the
// policy was put; should this binary not understand them, nobody is locked out and nothing
// is let pass: a rule that asks everybody for the second factor stands in their place.
func (r *Registry) compiled(v symbolon.PolicyVersion, p symbolon.Policy) *policy.Rules {
	if len(p.Rules) == 0 {
		return nil
	}
	return r.rules.of(v.AppID, v.Version, func() *policy.Rules {
		rules, err := policy.Compile(p.Rules)
		if err != nil {
			r.log.Error("the policy's rules do not compile; every decision is at least CHALLENGE until they are put anew",
				"app", v.AppID, "version", v.Version, "error", err)
			rules = challengeAll()
		}
		return rules
	}).read()
}

// of is the app's book of that version. It is read without the lock, so that one app's
// rules keep no other app waiting.
func (b *rulebooks) of(app symbolon.AppID, version int64, compile func() *policy.Rules) rulebook {
	b.mu.Lock()
	defer b.mu.Unlock()
	book, ok := b.books[app]
	if ok && book.version == version {
		return book
	}
	if b.books == nil || len(b.books) >= maxCached {
		b.books = map[symbolon.AppID]rulebook{}
	}
	book = rulebook{version, sync.OnceValue(compile)}
	b.books[app] = book
	return book
}

func challengeAll() *policy.Rules {
	rules, err := policy.Compile([]symbolon.Rule{{
		Name: RulesDoNotCompile, Priority: 1, When: "true", Recommend: symbolon.RecommendChallenge, Mode: symbolon.RuleProduction,
	}})
	if err != nil {
		panic(err) // only if CEL has no true
	}
	return rules
}

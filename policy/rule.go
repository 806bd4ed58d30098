package policy

import (
	"errors"
	"fmt"
	"slices"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/types"

	"github.com/symbolon-id/symbolon"
)

// Rules are the rules of a policy, ready to be evaluated. They may be used by several
// goroutines at once.
type Rules struct {
	list []rule // by priority
}

type rule struct {
	symbolon.Rule
	program cel.Program
}

// Compile checks the conditions of the rules and makes them ready. A condition that does
// not compile, does not give true or false, or could take too long is ErrInvalidRequest;
// the error names the rule, and the line and the column, both from 1.
func Compile(rules []symbolon.Rule) (*Rules, error) {
	env, err := environment()
	if err != nil {
		return nil, err
	}
	compiled := &Rules{}
	for i, r := range rules {
		program, err := compile(env, r.When)
		if err != nil {
			return nil, at(fmt.Sprintf("rules[%d].when", i), r.When, err)
		}
		compiled.list = append(compiled.list, rule{r, program})
	}
	slices.SortStableFunc(compiled.list, func(a, b rule) int { return a.Priority - b.Priority })
	return compiled, nil
}

// match evaluates every rule, and gives those that hold, by priority.
func (r *Rules) match(f *Facts) (production, previews []symbolon.RuleMatch) {
	in := newInput(f)
	for i := range r.list {
		m, holds := r.list[i].match(in)
		switch {
		case !holds:
		case r.list[i].Mode == symbolon.RuleProduction:
			production = append(production, m)
		default:
			previews = append(previews, m)
		}
	}
	return production, previews
}

// match tells whether the rule holds. One that can't be evaluated holds too, and asks for
// CHALLENGE, whatever it would have asked for: doubt is never trust.
func (r *rule) match(in *input) (symbolon.RuleMatch, bool) {
	value, _, err := r.program.Eval(in)
	holds, ok := value.(types.Bool)
	if err != nil || !ok {
		return symbolon.RuleMatch{Name: r.Name, Recommend: symbolon.RecommendChallenge, Failed: true}, true
	}
	return symbolon.RuleMatch{Name: r.Name, Recommend: r.Recommend}, bool(holds)
}

// at is the error about the field that has the condition: the first of its faults. Anything
// else is passed on.
func at(field, when string, err error) error {
	var f faults
	if !errors.As(err, &f) {
		return err
	}
	return symbolon.InvalidField(field, "does not compile: line %d, column %d: %s", f[0].line, f[0].column, f[0].message+hint(when, f[0]))
}

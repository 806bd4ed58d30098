package policy

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/symbolon-id/symbolon"
)

// Check tells all that is wrong with a policy document, its conditions too, as far as one
// problem does not hide another, and gives the document with its defaults filled in.
// The error is never about the document.
func Check(doc json.RawMessage) (symbolon.Policy, []symbolon.PolicyProblem, error) {
	p, problems := symbolon.CheckPolicy(doc)
	env, err := environment()
	if err != nil {
		return p, nil, err
	}
	for i, r := range p.Rules {
		if i == symbolon.MaxRules {
			break // the rest is one problem already
		}
		if r.When == "" || len(r.When) > symbolon.MaxRuleWhen {
			continue
		}
		_, err := compile(env, r.When)
		var found faults
		if err != nil && !errors.As(err, &found) {
			return p, nil, err
		}
		for _, f := range found {
			problems = append(problems, symbolon.PolicyProblem{
				Field: fmt.Sprintf("rules[%d].when", i), Rule: r.Name, Line: f.line, Column: f.column, Message: f.message + hint(r.When, f),
			})
		}
	}
	return p, problems, nil
}

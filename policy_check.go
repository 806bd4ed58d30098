package symbolon

import (
	"encoding/json"
	"errors"
	"fmt"
)

// PolicyProblem is one thing that is wrong with a policy document.
type PolicyProblem struct {
	Field   string `json:"field,omitempty" doc:"The member, such as limits.devices or rules[2].when; absent where it is the document as a whole"`
	Rule    string `json:"rule,omitempty" doc:"The name of the rule that it is in"`
	Line    int    `json:"line,omitempty" doc:"In the rule's condition, from 1"`
	Column  int    `json:"column,omitempty" doc:"In that line, in characters, from 1"`
	Message string `json:"message" doc:"What is wrong, and what is allowed"`
}

// PolicyCheck tells what a document is worth before it is put.
type PolicyCheck struct {
	Problems  []PolicyProblem `json:"problems" doc:"All that is wrong with it, as far as one problem does not hide another; none for a document that may be put"`
	Effective *Policy         `json:"effective,omitempty" doc:"The document with its defaults filled in; absent where it has problems"`
}

// PolicyLanguage is what policies and the conditions of their rules are written in.
type PolicyLanguage struct {
	Variables []LanguageVariable `json:"variables" doc:"What a condition can name"`
	Functions []LanguageWord     `json:"functions"`
	Operators []LanguageWord     `json:"operators"`
	Reasons   []LanguageReason   `json:"reasons" doc:"Of risk, by the most points"`
	Members   []LanguageMember   `json:"members" doc:"Members of the policy that take one of a few values, or a number within bounds"`
}

// LanguageVariable is a value that conditions can name.
type LanguageVariable struct {
	Name    string   `json:"name" doc:"Such as device.ageDays"`
	Type    string   `json:"type" enum:"text,number,true or false,list of texts"`
	Meaning string   `json:"meaning"`
	Values  []string `json:"values,omitempty" doc:"All that it can be, where these are few"`
}

// LanguageWord is a function or an operator of conditions.
type LanguageWord struct {
	Name    string `json:"name"`
	Example string `json:"example"`
	Meaning string `json:"meaning"`
}

// LanguageReason is a reason of risk.
type LanguageReason struct {
	Code    string `json:"code"`
	Points  int    `json:"points" doc:"Its points by default"`
	Meaning string `json:"meaning"`
}

// LanguageMember is a member of the policy with what it may be.
type LanguageMember struct {
	Path   string   `json:"path" doc:"Such as limits.overflow; * stands for any name, [] for each entry of a list"`
	Values []string `json:"values,omitempty"`
	Least  *int     `json:"least,omitempty" doc:"Of a number"`
	Most   *int     `json:"most,omitempty" doc:"Of a number"`
}

// CheckPolicy reads a document over the defaults like [ParsePolicy], and tells everything
// that is wrong with it but its conditions. A member that can't be read has its default in
// what is given.
func CheckPolicy(doc json.RawMessage) (Policy, []PolicyProblem) {
	p := DefaultPolicy()
	found := findings{fields: map[string]bool{}}
	if len(doc) > maxPolicy {
		found.add(Errorf(ErrTooLarge, "a policy has at most %d bytes", maxPolicy))
		return p, found.list
	}
	reader := strictReader{func(err error) error {
		found.add(err)
		return nil
	}}
	if err := reader.read("a policy", doc, &p); err != nil {
		found.add(err)
	}
	p.check(found.add)
	for i := range found.list {
		found.list[i].Rule = p.ruleNamed(found.list[i].Field)
	}
	return p, found.list
}

// ruleNamed is the name of the rule that a field such as rules[2].when belongs to.
func (p Policy) ruleNamed(field string) string {
	var i int
	if _, err := fmt.Sscanf(field, "rules[%d]", &i); err != nil || i >= len(p.Rules) {
		return ""
	}
	return p.Rules[i].Name
}

// findings keeps one problem of each member: what could not be read would be told to be
// out of range as well.
type findings struct {
	list   []PolicyProblem
	fields map[string]bool
}

func (f *findings) add(err error) {
	problem := PolicyProblem{Message: err.Error()}
	var own *Error
	if errors.As(err, &own) {
		problem.Field = own.Field
	}
	if problem.Field == "" || !f.fields[problem.Field] {
		f.list = append(f.list, problem)
	}
	f.fields[problem.Field] = true
}

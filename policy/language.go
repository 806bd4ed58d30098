package policy

import (
	"net/netip"
	"slices"
	"sync"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/env"
	"cel.dev/cel-go/common/operators"
	"cel.dev/cel-go/common/types"
	"cel.dev/cel-go/common/types/ref"
)

// maxDepth is how deep the parts of a condition may be nested.
const maxDepth = 40

// word is a function or an operator of conditions.
type word struct {
	cel     string // its name in CEL; for a function it is the one that is written
	name    string
	example string
	meaning string
}

func function(name, example, meaning string) word { return word{name, name, example, meaning} }

// words are the functions and operators that conditions have. There is no macro, so that
// nothing loops but over one text or list; no regular expression; and no dyn, which would
// hide a wrong name from the check.
var words = []word{
	{operators.LogicalAnd, "&&", `device.known && risk.score < 20`, "both hold"},
	{operators.LogicalOr, "||", `request.anonymous || trust.state == "none"`, "one of them holds, or both"},
	{operators.LogicalNot, "!", `!device.known`, "it does not hold"},
	{operators.Conditional, "?:", `device.known ? risk.score > 60 : risk.score > 30`, "the first where the condition holds, else the second"},
	{operators.Equals, "==", `action == "transfer"`, "the same"},
	{operators.NotEquals, "!=", `request.country != "CH"`, "not the same"},
	{operators.Less, "<", `device.ageDays < 1`, "less"},
	{operators.LessEquals, "<=", `user.devices <= 3`, "at most"},
	{operators.Greater, ">", `risk.score > 30`, "more"},
	{operators.GreaterEquals, ">=", `request.hour >= 22`, "at least"},
	{operators.In, "in", `"rooted" in risk.reasons`, "is an entry of the list"},
	{operators.Index, "[]", `risk.reasons[0] == "new_country"`, "the entry at this place, from 0; one that is not there makes the rule fail"},
	{operators.Add, "+", `device.users + user.devices > 9`, "the sum; of texts, one after the other"},
	{operators.Subtract, "-", `risk.score - 10 > 20`, "the difference"},
	{operators.Multiply, "*", `device.ageDays * 24 < 12`, "the product"},
	{operators.Divide, "/", `device.usageCount / 10 > 3`, "the quotient, without what is left over; by 0 it makes the rule fail"},
	{operators.Modulo, "%", `request.hour % 2 == 0`, "what a division leaves over"},
	{operators.Negate, "-", `-risk.score < -30`, "the number below zero"},
	function("size", `size(risk.reasons) > 2`, "how many characters a text or entries a list has"),
	function("contains", `request.network.contains("Hosting")`, "the text has this in it"),
	function("startsWith", `action.startsWith("admin.")`, "the text begins with this"),
	function("endsWith", `user.id.endsWith("@example.com")`, "the text ends with this"),
}

// ofOurs are the functions that CEL does not have by itself.
var ofOurs = []word{
	function("within", `request.ipAddress.within("192.0.2.0/24")`, "the address is in this network"),
}

// functions are the words that are written as functions.
func functions() (list []word) {
	for _, w := range slices.Concat(words, ofOurs) {
		if w.cel == w.name {
			list = append(list, w)
		}
	}
	return list
}

// environment is the language of conditions. It is made once, since that takes a while.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	subset := &env.LibrarySubset{DisableMacros: true}
	for _, w := range words {
		subset.IncludeFunctions = append(subset.IncludeFunctions, env.NewFunction(w.cel))
	}
	registry, err := types.NewRegistry()
	if err != nil {
		return nil, err
	}
	options := []cel.EnvOption{
		cel.StdLib(cel.StdLibSubset(subset)), cel.CustomTypeProvider(provider{registry}), cel.ParserRecursionLimit(maxDepth),
		cel.ASTValidators(cel.ValidateHomogeneousAggregateLiterals()),
		cel.Function("within", cel.MemberOverload("string_within_string",
			[]*cel.Type{cel.StringType, cel.StringType}, cel.BoolType, cel.BinaryBinding(within))),
		cel.Variable("action", cel.StringType),
	}
	for _, v := range variables {
		options = append(options, cel.Variable(v.name, cel.ObjectType(v.name)))
	}
	return cel.NewCustomEnv(options...)
})

// provider tells CEL which fields the variables have, and reads them.
type provider struct{ types.Provider }

func (p provider) FindStructType(name string) (*cel.Type, bool) {
	if !slices.ContainsFunc(variables, func(v variable) bool { return v.name == name }) {
		return p.Provider.FindStructType(name)
	}
	return types.NewTypeTypeWithParam(cel.ObjectType(name)), true
}

func (p provider) FindStructFieldType(of, name string) (*types.FieldType, bool) {
	f, ok := fieldOf(of, name)
	if !ok {
		return p.Provider.FindStructFieldType(of, name)
	}
	return &types.FieldType{
		Type:    f.kind,
		IsSet:   func(any) bool { return true },
		GetFrom: func(in any) (any, error) { return f.get(in.(*input)), nil },
	}, true
}

func fieldOf(of, name string) (field, bool) {
	for _, v := range variables {
		for _, f := range v.fields {
			if v.name == of && f.name == name {
				return f, true
			}
		}
	}
	return field{}, false
}

// within tells whether an address is in a network. An address that is none is in no network.
func within(address, network ref.Val) ref.Val {
	prefix, err := netip.ParsePrefix(string(network.(types.String)))
	if err != nil {
		return types.NewErr("%q is no network", network)
	}
	a, err := netip.ParseAddr(string(address.(types.String)))
	return types.Bool(err == nil && prefix.Contains(a.Unmap()))
}

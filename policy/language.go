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

// words are the functions and operators that conditions have. There is no macro, so that
// nothing loops but over one text or list; no regular expression; and no dyn, which would
// hide a wrong name from the check.
var words = []string{
	operators.LogicalAnd, operators.LogicalOr, operators.LogicalNot, operators.Conditional,
	operators.Equals, operators.NotEquals, operators.Less, operators.LessEquals, operators.Greater, operators.GreaterEquals,
	operators.In, operators.Index, operators.Add, operators.Subtract, operators.Multiply, operators.Divide, operators.Modulo,
	operators.Negate, "size", "contains", "startsWith", "endsWith",
}

// environment is the language of conditions. It is made once, since that takes a while.
var environment = sync.OnceValues(func() (*cel.Env, error) {
	subset := &env.LibrarySubset{DisableMacros: true}
	for _, word := range words {
		subset.IncludeFunctions = append(subset.IncludeFunctions, env.NewFunction(word))
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
		Type:    f.of,
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

package policy

import (
	"fmt"
	"net/netip"
	"regexp"
	"strings"

	"cel.dev/cel-go/cel"
	"cel.dev/cel-go/common/ast"
	"cel.dev/cel-go/common/cost"
	"cel.dev/cel-go/common/types"
)

// maxCost is what a condition may cost at most, in CEL's units, with every text and list
// as long as it can be. A comparison of two numbers costs about 1.
const maxCost = 2000

// fault is what is wrong with a condition, and where: a line and a column, both from 1.
type fault struct {
	line, column int
	message      string
}

// faults are all that was found wrong with a condition; there is at least one.
type faults []fault

func (f faults) Error() string { return f[0].message }

// advice is what CEL's messages add for those who write the environment.
var advice = regexp.MustCompile(" \\((in container '[^']*'|enable with `[^`]*`)\\)")

// compile makes a program of a condition. The error is [faults] where the condition is to
// blame.
func compile(e *cel.Env, when string) (cel.Program, error) {
	checked, issues := e.Compile(when)
	if issues.Err() != nil {
		return nil, told(issues)
	}
	if checked.OutputType() != cel.BoolType {
		return nil, faults{{1, 1, fmt.Sprintf("it must give true or false; this gives a value of type %s", checked.OutputType())}}
	}
	if found := forbidden(checked.NativeRep()); len(found) > 0 {
		return nil, found
	}
	estimate, err := e.EstimateCost(checked, sizes{})
	if err != nil {
		return nil, err
	}
	if estimate.Max > maxCost {
		return nil, faults{{1, 1, fmt.Sprintf("it could cost %d units to evaluate, and at most %d are allowed; compare shorter lists and texts, or make two rules of it", estimate.Max, maxCost)}}
	}
	return e.Program(checked, cel.EvalOptions(cel.OptOptimize))
}

// told are the faults that CEL found.
func told(issues *cel.Issues) faults {
	var found faults
	for _, e := range issues.Errors() {
		found = append(found, fault{
			max(e.Location.Line(), 1), max(e.Location.Column(), 0) + 1,
			advice.ReplaceAllString(e.Message, ""),
		})
	}
	return found
}

// forbidden finds what compiles and means nothing here.
func forbidden(checked *ast.AST) faults {
	var found faults
	ast.MatchDescendants(ast.NavigateAST(checked), func(e ast.NavigableExpr) bool {
		if message := misuse(e); message != "" {
			where := checked.SourceInfo().GetStartLocation(e.ID())
			found = append(found, fault{where.Line(), where.Column() + 1, message})
		}
		return false
	})
	return found
}

func misuse(e ast.NavigableExpr) string {
	switch e.Kind() {
	case ast.StructKind, ast.MapKind:
		return "a condition can't make objects"
	case ast.IdentKind:
		parent, ok := e.Parent()
		if e.Type().Kind() == types.StructKind && (!ok || parent.Kind() != ast.SelectKind) {
			return e.AsIdent() + " can't be used as a whole; name one of its fields"
		}
	case ast.CallKind:
		if call := e.AsCall(); call.FunctionName() == "within" {
			return wrongNetwork(call.Args()[0])
		}
	}
	return ""
}

func wrongNetwork(e ast.Expr) string {
	if e.Kind() == ast.LiteralKind {
		switch p, err := netip.ParsePrefix(fmt.Sprint(e.AsLiteral().Value())); {
		case err == nil && p.Addr().Is4In6():
			return `within takes IPv4 networks as IPv4, such as "192.0.2.0/24", also for IPv4 addresses in IPv6`
		case err == nil:
			return ""
		}
	}
	return `within takes a network in quotes, such as "192.0.2.0/24"`
}

// sizes tells how long what a rule sees can be.
type sizes struct{}

// EstimateSize implements [cost.Estimator].
func (sizes) EstimateSize(node cost.AstNode) *cost.SizeEstimate {
	most := uint64(maxText)
	if node.Type().Kind() == types.ListKind {
		most = maxCodes
	}
	if len(node.Path()) == 0 {
		return nil // it follows from what it is made of
	}
	size := cost.RangedSizeEstimate(0, most)
	return &size
}

// EstimateCallCost implements [cost.Estimator].
func (sizes) EstimateCallCost(string, string, *cost.AstNode, []cost.AstNode) *cost.CallEstimate {
	return nil
}

// hint names what there is, where a condition named what there is not.
func hint(when string, f fault) string {
	switch {
	case strings.HasPrefix(f.message, "undeclared reference"):
		return "; there are action, " + names(variables, func(v variable) string { return v.name }) +
			", and the functions " + names(functions(), func(w word) string { return w.name })
	case strings.HasPrefix(f.message, "undefined field"):
		if v := variableBefore(when, f); v != nil {
			return "; " + v.name + " has " + names(v.fields, func(f field) string { return f.name })
		}
	}
	return ""
}

func names[T any](list []T, name func(T) string) string {
	var all []string
	for _, one := range list {
		all = append(all, name(one))
	}
	return strings.Join(all, ", ")
}

// variableBefore is the variable whose name ends where the fault is: at the dot after it.
func variableBefore(when string, f fault) *variable {
	lines := strings.Split(when, "\n")
	if f.line > len(lines) {
		return nil
	}
	line := []rune(lines[f.line-1])
	before := strings.TrimSpace(string(line[:min(f.column-1, len(line))]))
	for i := range variables {
		if strings.HasSuffix(before, variables[i].name) {
			return &variables[i]
		}
	}
	return nil
}

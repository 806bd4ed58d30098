package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/alecthomas/kong"
)

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// The shells ask symbolon complete how the words may go on, so that each script is short
// and none ever lags behind the commands.
var completionScripts = map[string]string{
	"bash": `_symbolon() {
    local line current="${COMP_WORDS[COMP_CWORD]}"
    [ "$current" = "=" ] && current=""
    COMPREPLY=()
    while IFS= read -r line; do
        if [ "$line" = ":files" ]; then
            while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$current")
        else
            COMPREPLY+=("${line%%$'\t'*}")
        fi
    done < <(symbolon complete symbolon "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _symbolon symbolon
`,
	"zsh": `#compdef symbolon
_symbolon() {
    local line
    local -a found
    while IFS= read -r line; do
        if [[ "$line" == ":files" ]]; then
            _files
        else
            line="${line//:/\\:}"
            found+=("${line/$'\t'/:}")
        fi
    done < <(symbolon complete "${(@)words[1,CURRENT]}" 2>/dev/null)
    (( ${#found} )) && _describe symbolon found
}
compdef _symbolon symbolon
`,
	"fish": `function __symbolon_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in (symbolon complete $words 2>/dev/null)
        if test "$line" = ":files"
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c symbolon -f -a '(__symbolon_complete)'
`,
}

func (c *completionCommand) Run(m *Main) error {
	_, err := io.WriteString(m.Stdout, completionScripts[c.Shell])
	return err
}

// completeCommand is what the scripts ask. The last word is the one under the cursor.
type completeCommand struct {
	Words []string `arg:"" passthrough:"all" help:"The line, from the program's name on."`
}

func (c *completeCommand) Run(ctx context.Context, m *Main) error {
	parser, err := m.parser(ctx, func(int) {})
	if err != nil {
		return err
	}
	for _, found := range completions(parser.Model.Node, c.Words[1:]) {
		fmt.Fprintln(m.Stdout, found)
	}
	return nil
}

// askFiles stands for the names of files.
const askFiles = ":files"

// position is how far a line was read.
type position struct {
	at        *kong.Node
	arguments int        // that were given
	awaited   *kong.Flag // whose value comes next
}

func (p *position) read(word string) {
	child := childOf(p.at, word)
	switch {
	case word == "=": // bash has it for a word
	case p.awaited != nil:
		p.awaited = nil
	case strings.HasPrefix(word, "-"):
		p.awaited = awaitsValue(p.at, word)
	case child != nil:
		p.at = child
	default:
		p.arguments++
	}
}

// completions are the words that the last one may become, each with a tab and what it is
// for after it.
func completions(root *kong.Node, words []string) []string {
	current := ""
	if len(words) > 0 {
		words, current = words[:len(words)-1], words[len(words)-1]
	}
	p := position{at: root}
	for _, word := range words {
		p.read(word)
	}
	name, value, isPair := strings.Cut(current, "=")
	switch {
	case p.awaited != nil:
		return beginning(strings.TrimPrefix(current, "="), valuesOf(p.awaited), "")
	case isPair && strings.HasPrefix(name, "-"):
		return beginning(value, valuesOf(flagOf(p.at, name)), name+"=")
	case strings.HasPrefix(current, "-"):
		return beginning(current, flagsOf(p.at), "")
	case p.arguments < len(p.at.Positional):
		return beginning(current, suggestions(p.at.Positional[p.arguments]), "")
	}
	return beginning(current, childrenOf(p.at), "")
}

func childOf(at *kong.Node, word string) *kong.Node {
	for _, child := range at.Children {
		if child.Name == word {
			return child
		}
	}
	return nil
}

func childrenOf(at *kong.Node) (found []string) {
	for _, child := range at.Children {
		if !child.Hidden {
			found = append(found, child.Name+"\t"+child.Help)
		}
	}
	return found
}

func flagOf(at *kong.Node, word string) *kong.Flag {
	for _, group := range at.AllFlags(true) {
		for _, flag := range group {
			if word == "--"+flag.Name || flag.Short != 0 && word == "-"+string(flag.Short) {
				return flag
			}
		}
	}
	return nil
}

// awaitsValue gives the flag of a word, if its value is the next word.
func awaitsValue(at *kong.Node, word string) *kong.Flag {
	flag := flagOf(at, word)
	if flag == nil || flag.IsBool() || flag.IsCounter() {
		return nil
	}
	return flag
}

func flagsOf(at *kong.Node) (found []string) {
	for _, group := range at.AllFlags(true) {
		for _, flag := range group {
			found = append(found, "--"+flag.Name+"\t"+flag.Help)
			if flag.Tag.Negatable != "" {
				found = append(found, "--no-"+flag.Name+"\t"+flag.Help)
			}
		}
	}
	return found
}

func valuesOf(flag *kong.Flag) []string {
	if flag == nil {
		return nil
	}
	return suggestions(flag.Value)
}

// suggestions are the values that a flag or an argument may have, where they are few.
func suggestions(v *kong.Value) (found []string) {
	if v.Tag.Type == "path" || v.Tag.Type == "existingfile" || v.Tag.PlaceHolder == "DIR" || v.Tag.PlaceHolder == "FILE" {
		return []string{askFiles}
	}
	for _, value := range v.EnumSlice() {
		if value != "" {
			found = append(found, value)
		}
	}
	return found
}

func beginning(prefix string, all []string, before string) (found []string) {
	for _, word := range all {
		if word == askFiles || strings.HasPrefix(word, prefix) {
			found = append(found, before+word)
		}
	}
	return found
}

import type { Completion, CompletionContext, CompletionResult, CompletionSource } from '@codemirror/autocomplete';
import type { Schemas } from '../../api/client';

/** What fits where the cursor stands in a condition. */
export function completions({ variables, functions, reasons }: Schemas['PolicyLanguage']): CompletionSource {
  const names = variables.map(({ name, type, meaning }): Completion => ({ label: name, detail: type, info: meaning }));
  const calls = functions.map(({ name, meaning, example }): Completion => ({ label: name, detail: meaning, info: example, apply: `${name}(` }));
  const codes = reasons.map(({ code, meaning }): Completion => ({ label: code, info: meaning }));

  /** Inside of quotes: what the variable before them can be, else the reasons. */
  const quoted = (context: CompletionContext): CompletionResult | null => {
    const open = context.matchBefore(/["']\w*/);
    const line = context.state.doc.lineAt(context.pos);
    if (!open || (line.text.slice(0, open.from - line.from).split(open.text[0]!).length - 1) % 2 === 1) {
      return null;
    }
    const compared = /([\w.]+)\s*(?:[=!]=|in\s*\[[^\]]*)\s*$/.exec(line.text.slice(0, open.from - line.from))?.[1];
    const values = variables.find(({ name }) => name === compared)?.values;
    return { from: open.from + 1, options: values ? values.map((label) => ({ label })) : codes, validFor: /^\w*$/ };
  };

  return (context) => {
    const inside = quoted(context);
    if (inside) {
      return inside;
    }
    const word = context.matchBefore(/[\w.]+/);
    if (!word && !context.explicit) {
      return null;
    }
    const [, text] = /^([\w.]+)\.\w*$/.exec(word?.text ?? '') ?? [];
    if (word && variables.some(({ name, type }) => name === text && type === 'text')) {
      return { from: word.from + text!.length + 1, options: calls.filter(({ label }) => label !== 'size'), validFor: /^\w*$/ };
    }
    return { from: word?.from ?? context.pos, options: [...names, ...calls.filter(({ label }) => label === 'size')], validFor: /^[\w.]*$/ };
  };
}

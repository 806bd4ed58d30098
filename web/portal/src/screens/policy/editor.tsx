import { autocompletion, closeBrackets, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, lintGutter, setDiagnostics } from '@codemirror/lint';
import { Compartment, EditorState, type Text as Lines } from '@codemirror/state';
import { Decoration, EditorView, MatchDecorator, ViewPlugin, keymap, lineNumbers } from '@codemirror/view';
import { Text as Words } from '@mantine/core';
import { useEffect, useId, useRef } from 'react';
import { useText } from '../../text';
import { completions } from './completion';
import { useDraft } from './draft';
import classes from './policy.module.css';

export interface Place {
  /** Both from 1, the column in characters. */
  line: number;
  column: number;
  message: string;
}

interface Edited {
  label: string;
  value: string;
  /** Completes what conditions are written in. */
  condition?: boolean;
  places: Place[];
  readOnly: boolean;
  change(value: string): void;
}

const nonce = document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';

const look = EditorView.theme({
  '&': { fontSize: '0.875rem', border: '1px solid var(--mantine-color-default-border)', borderRadius: 'var(--mantine-radius-md)', backgroundColor: 'var(--mantine-color-body)' },
  '&.cm-focused': { outline: '2px solid var(--mantine-primary-color-filled)', outlineOffset: '1px' },
  '.cm-content': { caretColor: 'var(--mantine-color-text)', minHeight: '4.5rem' },
  '.cm-cursor': { borderLeftColor: 'var(--mantine-color-text)' },
  '.cm-gutters': { backgroundColor: 'transparent', color: 'var(--mantine-color-dimmed)', border: 'none' },
  '.cm-tooltip': { backgroundColor: 'var(--mantine-color-body)', color: 'var(--mantine-color-text)', border: '1px solid var(--mantine-color-default-border)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--mantine-primary-color-filled)', color: 'var(--mantine-color-white)' },
  '.cm-completionDetail': { color: 'inherit' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--mantine-color-default-hover)', outline: '1px solid var(--mantine-color-dimmed)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, ::selection': { backgroundColor: 'var(--mantine-primary-color-light)' },
});

/** What stands out: texts, numbers, comments and the words of the language. */
const parts = new MatchDecorator({
  regexp: /("(?:[^"\\\n]|\\.)*"?|'(?:[^'\\\n]|\\.)*'?)|(\/\/.*)|\b(\d+)\b|\b(true|false|in|null)\b/g,
  decoration: ([, text, comment, digits]) => Decoration.mark({ class: text ? classes.string : comment ? classes.comment : digits ? classes.number : classes.word }),
});
const colours = ViewPlugin.define((view) => ({
  decorations: parts.createDeco(view),
  update(update) {
    this.decorations = parts.updateDeco(update, this.decorations);
  },
}), { decorations: (plugin) => plugin.decorations });

/** Where something is wrong: from there to the end of the word. */
function diagnostic(lines: Lines, { line, column, message }: Place): Diagnostic {
  const { from, to, text } = lines.line(Math.min(line, lines.lines));
  const before = [...text].slice(0, column - 1).join('').length;
  const word = /^[\w.]+/.exec(text.slice(before))?.[0].length ?? 1;
  const start = Math.min(from + before, to);
  return { from: start, to: Math.min(start + word, to), severity: 'error', message };
}

/** A text that is checked while it is written. Tab leaves it. */
export default function Editor({ label, value, condition = false, places, readOnly, change }: Edited) {
  const { policy: { editor: text } } = useText();
  const { language } = useDraft();
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(change);
  const { current: locked } = useRef(new Compartment());
  const id = useId();
  changed.current = change;

  useEffect(() => {
    const made = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          EditorView.cspNonce.of(nonce), look, colours, history(), bracketMatching(), closeBrackets(), lineNumbers(), lintGutter(), EditorView.lineWrapping,
          autocompletion({ override: condition ? [completions(language)] : [], icons: false, interactionDelay: 0 }), keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
          EditorView.contentAttributes.of({ 'aria-label': label, 'aria-describedby': id }), locked.of([]),
          EditorView.updateListener.of((update) => update.docChanged && changed.current(update.state.doc.toString())),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []); // the editor holds its text by itself; what comes from outside is brought in below

  useEffect(() => {
    const { state } = view.current!;
    if (state.doc.toString() !== value) {
      view.current!.dispatch({ changes: { from: 0, to: state.doc.length, insert: value } });
    }
  }, [value]);
  useEffect(() => view.current!.dispatch({ effects: locked.reconfigure([EditorState.readOnly.of(readOnly), EditorView.editable.of(!readOnly)]) }), [locked, readOnly]);
  useEffect(() => {
    const { state } = view.current!;
    view.current!.dispatch(setDiagnostics(state, places.map((place) => diagnostic(state.doc, place)).sort((a, b) => a.from - b.from)));
  }, [JSON.stringify(places)]);
  useEffect(() => {
    const closing = (event: KeyboardEvent) => event.key === 'Escape' && event.defaultPrevented && event.stopPropagation(); // it closed the list, and leaves the field only then
    const { current } = host;
    current?.addEventListener('keydown', closing);
    return () => current?.removeEventListener('keydown', closing);
  }, []);

  return (
    <div>
      <div ref={host} />
      <Words id={id} size="xs" c="dimmed" mt={4}>{readOnly ? text.readOnly : condition ? text.keysOfConditions : text.keys}</Words>
      <ul className={classes.places} aria-live="polite">
        {places.map(({ line, column, message }) => <li key={`${line}:${column}:${message}`}>{text.at(line, column)} <span lang="en">{message}</span></li>)}
      </ul>
    </div>
  );
}

import { Suspense, lazy } from 'react';
import { Rows } from '../../parts/states';
import { useText } from '../../text';
import { isObject } from './document';
import { useDraft } from './draft';
import { Part } from './fields';
import { locate } from './locate';

const Editor = lazy(() => import('./editor'));

/** The document as it is put. */
export function Json() {
  const { policy: { json: text } } = useText();
  const { document, text: typed, problems, mayWrite, replace } = useDraft();
  const value = typed ?? JSON.stringify(document, null, 2);
  const broken = unreadable(value, text.noObject);
  const places = broken ? [broken] : problems.map(({ field, message }) => ({ ...locate(value, field ?? ''), message }));
  const change = (next: string) => {
    const wrong = unreadable(next, text.noObject);
    replace(wrong ? document : JSON.parse(next), next);
  };
  return (
    <Part title={text.title} why={text.why}>
      <Suspense fallback={<Rows count={1} height={320} />}>
        <Editor label={text.title} value={value} places={places} readOnly={!mayWrite} change={change} />
      </Suspense>
    </Part>
  );
}

/** Where the text is no JSON object. */
export function unreadable(text: string, noObject: string) {
  try {
    return isObject(JSON.parse(text)) ? undefined : { line: 1, column: 1, message: noObject };
  } catch (error) {
    const message = (error as Error).message;
    const position = Number(/position (\d+)/.exec(message)?.[1] ?? text.length);
    const before = text.slice(0, position).split('\n');
    return { line: before.length, column: [...before.at(-1)!].length + 1, message };
  }
}

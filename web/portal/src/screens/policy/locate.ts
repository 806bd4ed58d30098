/** Where a member such as rules[2].when stands in a JSON text: the deepest part of its path that is there. Both from 1. */
export function locate(text: string, field: string): { line: number; column: number } {
  let place = 0;
  for (const name of field.match(/[^.[\]]+/g) ?? []) {
    const next = /^\d+$/.test(name) ? entry(text, place, Number(name)) : member(text, place, name);
    if (next === undefined) {
      break;
    }
    place = next;
  }
  const before = text.slice(0, place).split('\n');
  return { line: before.length, column: [...before.at(-1)!].length + 1 };
}

/** The parts of the object or list that begins at or after a place, each with where it begins. */
function* within(text: string, from: number): Generator<{ at: number; token: string }> {
  const tokens = /"(?:[^"\\]|\\.)*"|[{}[\],]/g;
  tokens.lastIndex = from;
  let depth = 0;
  for (let found = tokens.exec(text); found; found = tokens.exec(text)) {
    const [token] = found;
    if (token === '{' || token === '[') {
      depth += 1;
    }
    if (depth === 1 || (depth === 2 && (token === '{' || token === '['))) {
      yield { at: found.index, token };
    }
    if ((token === '}' || token === ']') && (depth -= 1) === 0) {
      return;
    }
  }
}

function member(text: string, from: number, name: string): number | undefined {
  for (const { at, token } of within(text, afterName(text, from))) {
    if (token === JSON.stringify(name) && /^\s*:/.test(text.slice(at + token.length))) {
      return at;
    }
  }
  return undefined;
}

function entry(text: string, from: number, index: number): number | undefined {
  let n = -1;
  for (const { at, token } of within(text, afterName(text, from))) {
    if (token === '{' && (n += 1) === index) {
      return at;
    }
  }
  return undefined;
}

/** Behind the name of a member, where its value begins. */
function afterName(text: string, from: number): number {
  const name = /^"(?:[^"\\]|\\.)*"\s*:\s*/.exec(text.slice(from));
  return from + (name?.[0].length ?? 0);
}

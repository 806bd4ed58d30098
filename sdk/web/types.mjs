// Writes src/api.ts, the types of what the service answers to a client, from the service's own description.
import { readFile, writeFile } from 'node:fs/promises';
import { load } from 'js-yaml';
import openapiTS, { astToString } from 'openapi-typescript';

const description = new URL('../../spec/openapi.yaml', import.meta.url);
const names = ['Actor', 'Block', 'ClientDecision', 'Device', 'Event', 'EventPage', 'Trust'];

export const written = new URL('src/api.ts', import.meta.url);

/** The text of src/api.ts as it should be. */
export async function apiTypes() {
  const { openapi, info, components } = load(await readFile(description, 'utf8'));
  const schemas = Object.fromEntries(names.map((name) => [name, components.schemas[name]]));
  const types = await openapiTS({ openapi, info, paths: {}, components: { schemas } });
  return `// Written by types.mjs from spec/openapi.yaml: npm run types.\n\n${astToString(types)}`;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  await writeFile(written, await apiTypes());
}

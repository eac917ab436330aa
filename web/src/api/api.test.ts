import { readFile } from 'node:fs/promises';
import openapiTS, { astToString } from 'openapi-typescript';
import { expect, test } from 'vitest';

test('the types are those of the committed API document: if not, run npm run api', async () => {
  const document = new URL('../../../docs/reference/openapi.json', import.meta.url);
  const committed = await readFile(new URL('./api.d.ts', import.meta.url), 'utf8');
  const made = astToString(await openapiTS(document));
  const code = (text: string) => text.slice(text.indexOf('export interface paths')).trim();
  expect(code(committed)).toBe(code(made));
});

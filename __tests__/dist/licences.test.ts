import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const DIST = fileURLToPath(new URL('../../dist', import.meta.url));

/** ncc writes the origin of each module. */
const ORIGIN = /\.\/node_modules\/((?:@[^/\s]+\/)?[^/\s]+)\//g;

it('the licences of all bundled packages are shipped', () => {
  const bundles = readdirSync(DIST, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.js'),
  );
  const text = bundles.map((file) => readFileSync(path.join(DIST, file), 'utf8')).join('\n');
  const bundled = new Set([...text.matchAll(ORIGIN)].map(([, name]) => name));
  const licensed = readFileSync(path.join(DIST, 'licenses.txt'), 'utf8').split(/\r?\n/);
  expect(bundled).toContain('jose');
  for (const name of bundled) expect(licensed).toContain(name);
});

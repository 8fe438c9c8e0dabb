/** Builds `dist`, or the folder in the argument: one bundle for each entry, and the licences of the bundled packages. */
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

interface Bundle {
  code: string;
  assets: Record<string, { source: string | Buffer }>;
}

// ncc has no types.
const ncc: (entry: string, options: object) => Promise<Bundle> = createRequire(import.meta.url)(
  '@vercel/ncc',
);

const out = process.argv[2] ?? 'dist';

// Type errors must not leave half a build: the old one stays until the new one is complete.
const fresh = path.join('node_modules', '.dist');
rmSync(fresh, { recursive: true, force: true });
for (const entry of ['main', 'post', 'cli']) {
  const { code, assets } = await bundle(`src/${entry}.ts`);
  write(path.join(entry, 'index.js'), code);
  for (const [name, { source }] of Object.entries(assets)) write(path.join(entry, name), source);
  write(path.join(entry, 'package.json'), '{ "type": "commonjs" }\n');
}
const { assets } = await bundle('scripts/bundled.ts', { license: 'licenses.txt' });
write('licenses.txt', assets['licenses.txt']!.source);

rmSync(out, { recursive: true, force: true });
cpSync(fresh, out, { recursive: true });
rmSync(fresh, { recursive: true });

/** CommonJS, because Node starts it faster than an ES module. */
async function bundle(entry: string, options: object = {}): Promise<Bundle> {
  try {
    return await ncc(path.resolve(entry), { esm: false, cache: false, ...options });
  } catch (error) {
    // Not thrown, because Node would also print a long line of ncc.
    console.error((error as Error).message);
    process.exit(1);
  }
}

function write(name: string, content: string | Buffer): void {
  const file = path.join(fresh, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, content);
}

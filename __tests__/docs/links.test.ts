import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { codeSpansOf, linksOf, readPages, sectionsOf } from '../../scripts/markdown.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const pages = readPages();
const anchors = new Map(
  pages.map((page) => [page.path, new Set(sectionsOf(page).map(({ anchor }) => anchor))]),
);

/** A path as a page writes it: under a folder of the repository, with a file's or a folder's name at its end. */
const OWN_PATH = /^(?:src|scripts|simulator|bench|docs|dist|__tests__|\.github|\.devcontainer)\/[\w./-]*$/;

it('there are pages, README.md and those below docs', () => {
  expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/recipes.md']));
});

describe.each(pages)('$path', (page) => {
  it('has links that lead somewhere', () => {
    const own = linksOf(page).filter((link) => !/^[a-z]+:/.test(link));
    const broken = own.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page.path : path.posix.join(path.posix.dirname(page.path), file);
      if (!existsSync(path.join(ROOT, target))) return true;
      return anchor !== undefined && !anchors.get(target)?.has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('has links to elsewhere by https alone', () => {
    expect(linksOf(page).filter((link) => /^[a-z]+:/.test(link) && !link.startsWith('https://'))).toEqual([]);
  });

  it('names no file that is not there', () => {
    const named = codeSpansOf(page).filter((text) => OWN_PATH.test(text));
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('names no command that is not there', () => {
    const named = [...page.text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in manifest.scripts))).toEqual([]);
  });
});

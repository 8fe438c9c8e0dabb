import { existsSync, readdirSync, readFileSync } from 'node:fs';
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

/** A path as a page writes it: below a folder of the repository, ending with a file or folder name. */
const OWN_PATH = /^(?:src|scripts|simulator|bench|docs|dist|__tests__|\.github|\.devcontainer)\/[\w./-]*$/;

/** Files that name pages as plain text: the source, action.yml and GitHub's templates. */
const NAMING = [
  'action.yml',
  ...['src', 'scripts', 'simulator', 'bench', '.github'].flatMap((folder) =>
    readdirSync(path.join(ROOT, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.(?:ts|mjs|ya?ml|md)$/.test(file))
      .map((file) => path.posix.join(folder, file.replaceAll(path.sep, '/'))),
  ),
];

/** A page, optionally with a section. */
const NAMED_PAGE = /\b((?:docs\/[\w-]+|README|SECURITY|CONTRIBUTING)\.md)(?:#([\w-]+))?/g;

it('pages and sections that other files name exist', () => {
  const broken = NAMING.flatMap((file) =>
    [...readFileSync(path.join(ROOT, file), 'utf8').matchAll(NAMED_PAGE)]
      .filter(([, page = '', anchor]) =>
        anchor === undefined ? !existsSync(path.join(ROOT, page)) : !anchors.get(page)?.has(anchor),
      )
      .map(([name]) => `${file}: ${name}`),
  );
  expect(broken).toEqual([]);
});

it('the README links to every page of docs', () => {
  const readme = pages.find(({ path }) => path === 'README.md')!;
  const reached = new Set(linksOf(readme).map((link) => link.split('#')[0]));
  const missing = pages
    .map(({ path }) => path)
    .filter((page) => page.startsWith('docs/') && !reached.has(page));
  expect(missing).toEqual([]);
});

it('readPages finds README.md and the pages in docs', () => {
  expect(pages.map(({ path }) => path)).toEqual(expect.arrayContaining(['README.md', 'docs/recipes.md']));
});

describe.each(pages)('$path', (page) => {
  it('has links whose targets exist', () => {
    const own = linksOf(page).filter((link) => !/^[a-z]+:/.test(link));
    const broken = own.filter((link) => {
      const [file = '', anchor] = link.split('#');
      const target = file === '' ? page.path : path.posix.join(path.posix.dirname(page.path), file);
      if (!existsSync(path.join(ROOT, target))) return true;
      return anchor !== undefined && !anchors.get(target)?.has(anchor);
    });
    expect(broken).toEqual([]);
  });

  it('has external links with https only', () => {
    expect(linksOf(page).filter((link) => /^[a-z]+:/.test(link) && !link.startsWith('https://'))).toEqual([]);
  });

  it('names only files that exist', () => {
    const named = codeSpansOf(page).filter((text) => OWN_PATH.test(text));
    expect(named.filter((file) => !existsSync(path.join(ROOT, file)))).toEqual([]);
  });

  it('names only commands that exist', () => {
    const named = [...page.text.matchAll(/\bnpm run ([\w:-]+)/g)].map(([, script]) => script!);
    expect(named.filter((script) => !(script in manifest.scripts))).toEqual([]);
  });
});

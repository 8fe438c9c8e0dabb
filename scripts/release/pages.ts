import { readdirSync } from 'node:fs';

/** Not pages: the history, and pages for contributors. */
const SKIPPED = ['CHANGELOG.md', 'CODE_OF_CONDUCT.md'];

/** Lists the pages and workflows that refer to this action, relative to the repository, with slashes. */
export function referringFiles(root = '.'): string[] {
  return [...list(root, '.', false), ...list(root, 'docs'), ...list(root, '.github')].filter(
    (file) => /\.(?:md|ya?ml)$/.test(file) && !SKIPPED.includes(file),
  );
}

function list(root: string, folder: string, recursive = true): string[] {
  try {
    return readdirSync(`${root}/${folder}`, { recursive, encoding: 'utf8' })
      .map((name) => name.replaceAll('\\', '/'))
      .map((name) => (folder === '.' ? name : `${folder}/${name}`))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

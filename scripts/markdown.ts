import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import GithubSlugger from 'github-slugger';
import { marked, type Token } from 'marked';

const ROOT = fileURLToPath(new URL('..', import.meta.url));

export interface Page {
  /** Relative to the repository, with slashes. */
  path: string;
  text: string;
}

export interface Section {
  heading: string;
  /** The part after `#` in a link to it. */
  anchor: string;
  blocks: CodeBlock[];
}

export interface CodeBlock {
  /** The text after the fence: the language, then more. */
  info: string;
  text: string;
}

/** Reads all pages: those at the root, and all below `docs` and `bench`. */
export function readPages(): Page[] {
  const list = (folder: string, recursive: boolean) =>
    readdirSync(path.join(ROOT, folder), { recursive, encoding: 'utf8' }).map((name) =>
      path.join(folder, name),
    );
  return [...list('.', false), ...list('docs', true), ...list('bench', false)]
    .filter((file) => file.endsWith('.md'))
    .sort()
    .map((file) => ({
      path: file.split(path.sep).join('/'),
      text: readFileSync(path.join(ROOT, file), 'utf8'),
    }));
}

export function sectionsOf({ text }: Pick<Page, 'text'>): Section[] {
  const slugger = new GithubSlugger();
  const sections: Section[] = [];
  marked.walkTokens(marked.lexer(text), (token: Token) => {
    if (token.type === 'heading') {
      const heading = plain(token.tokens ?? []);
      sections.push({ heading, anchor: slugger.slug(heading), blocks: [] });
    } else if (token.type === 'code') {
      sections.at(-1)?.blocks.push({ info: token.lang ?? '', text: token.text });
    }
  });
  return sections;
}

/** Lists the targets of the links and images of a page, in Markdown and in HTML. */
export function linksOf({ text }: Pick<Page, 'text'>): string[] {
  const links: string[] = [];
  marked.walkTokens(marked.lexer(text), (token: Token) => {
    if (token.type === 'link' || token.type === 'image') links.push(token.href);
    else if (token.type === 'html') {
      for (const [, target = ''] of token.text.matchAll(/\b(?:href|src|srcset)="([^"\s]+)/g))
        links.push(target);
    }
  });
  return links;
}

export function codeSpansOf({ text }: Pick<Page, 'text'>): string[] {
  const spans: string[] = [];
  marked.walkTokens(marked.lexer(text), (token: Token) => {
    if (token.type === 'codespan') spans.push(token.text);
  });
  return spans;
}

/** The prose of a page, without code, HTML and generated tables. Code in a sentence counts as one word. */
export interface Prose {
  /** Paragraphs and items of lists. */
  paragraphs: string[];
  /** Cells of tables, and headings. */
  cells: string[];
}

export function proseOf({ text }: Pick<Page, 'text'>): Prose {
  const written = text.replace(/<!-- ([\w-]+): written by npm run docs -->[\s\S]*?<!-- \/\1 -->/g, '');
  const prose: Prose = { paragraphs: [], cells: [] };
  marked.walkTokens(marked.lexer(written), (token: Token) => {
    // The text of a list item is its own token; text in a paragraph has no tokens.
    if (token.type === 'paragraph' || (token.type === 'text' && 'tokens' in token)) {
      prose.paragraphs.push(inProse(token.tokens ?? []));
    } else if (token.type === 'heading') prose.cells.push(inProse(token.tokens ?? []));
    else if (token.type === 'table') {
      for (const cell of [...token.header, ...token.rows.flat()]) prose.cells.push(inProse(cell.tokens));
    }
  });
  return prose;
}

function inProse(tokens: Token[]): string {
  return tokens
    .map((token) => {
      if (token.type === 'codespan') return 'CODE';
      if (token.type === 'html' || token.type === 'image') return '';
      // A label such as "Cause:" doesn't count as punctuation.
      if (token.type === 'strong') return inProse(token.tokens ?? []).replace(/:$/, '');
      return 'tokens' in token && token.tokens ? inProse(token.tokens) : 'text' in token ? token.text : '';
    })
    .join('')
    .replace(/\s+/g, ' ')
    .replace(/^\[!\w+\] /, '');
}

function plain(tokens: Token[]): string {
  return tokens
    .map((token) =>
      'tokens' in token && token.tokens ? plain(token.tokens) : 'text' in token ? token.text : '',
    )
    .join('');
}

import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

/** From top to bottom: a file imports from its own layer and those below. */
const LAYERS: RegExp[] = [
  /^(?:main|post|cli)\.ts$/,
  /^(?:github|terminal)\//,
  /^(?:register|identify|sign-in|write-config|verify-cnspec|unregister|cleanup|job|inputs|input-reader)\.ts$/,
  /^report\//,
  /^(?:config|cnspec|status)\//,
  /^credentials\//,
  /^platform\//,
  /^util\//,
];

const [ENTRY_POINTS, ADAPTERS] = LAYERS as [RegExp, RegExp];

/** The command for every CI. */
const TERMINAL = /^(?:cli\.ts$|terminal\/)/;

/** Words that only GitHub uses. */
const GITHUB_WORDS = /[Gg]it[Hh]ub|GITHUB|\bgh secret|secrets\.[A-Z]|RUNNER_(?!TRACKING_ID)|\$\{\{/;

const MAX_LINES_PER_FILE = 200;
const MAX_LINES = 5900;
const MAX_LINES_OF_CODE = 4550;
const MAX_LINES_OF_TERMINAL = 450;

interface Import {
  from: string;
  /** The path of a file in the same source folder, or a module name. */
  to: string;
}

interface Sources {
  /** The text of each file, by its path in the folder. */
  texts: Map<string, string>;
  imports: Import[];
  /** The imports of the files in the folder. */
  internal: Import[];
}

const STATEMENT = /^(?:import|export)\b[^;]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm;

function readSources(name: string): Sources {
  const folder = fileURLToPath(new URL(`../${name}`, import.meta.url));
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll(path.sep, '/'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'));
  const texts = new Map(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
  const imports = [...texts].flatMap(([from, text]) =>
    [...text.matchAll(STATEMENT)].map((match) => {
      const specifier = (match[1] ?? match[2] ?? match[3]) as string;
      const isPath = specifier.startsWith('.');
      return { from, to: isPath ? path.posix.join(path.posix.dirname(from), specifier) : specifier };
    }),
  );
  return { texts, imports, internal: imports.filter(({ to }) => texts.has(to)) };
}

const src = readSources('src');
const simulator = readSources('simulator');
const layerOf = (file: string) => LAYERS.findIndex((layer) => layer.test(file));
const describeImports = (imports: Import[]) => imports.map(({ from, to }) => `${from} imports ${to}`);

/** Finds imports that lead back to their own file. */
function importCycles(imports: Import[]): string[] {
  const targets = Map.groupBy(imports, ({ from }) => from);
  const reaches = (start: string, goal: string): boolean => {
    const seen = new Set([start]);
    // Iterating over a set also visits values added during the loop.
    for (const file of seen) for (const { to } of targets.get(file) ?? []) seen.add(to);
    return seen.has(goal);
  };
  return describeImports(imports.filter(({ from, to }) => from !== to && reaches(to, from)));
}

function folderOf(file: string): string {
  return file.includes('/') ? file.slice(0, file.indexOf('/')) : file;
}

/** Counts the lines that aren't blank or a comment. */
function linesOfCode(text: string): number {
  const code = text.replace(/^\s*\/\*[\s\S]*?\*\/\s*$/gm, '').replace(/^\s*\/\/.*$/gm, '');
  return code.split('\n').filter((line) => line.trim() !== '').length;
}

function linesOf(text: string): number {
  return text.trimEnd().split('\n').length;
}

describe('The layers of src', () => {
  it('are read from the files', () => {
    expect(src.texts.size).toBeGreaterThan(50);
    expect(src.internal).toContainEqual({ from: 'main.ts', to: 'register.ts' });
    expect(src.internal).toContainEqual({ from: 'verify-cnspec.ts', to: 'cnspec/install.ts' });
    expect(simulator.internal.length).toBeGreaterThan(20);
  });

  it('include every file', () => {
    expect([...src.texts.keys()].filter((file) => layerOf(file) < 0)).toEqual([]);
  });

  it('import in one direction: entry points, github, the steps of the work, report, config and cnspec and status, credentials, platform, util', () => {
    expect(describeImports(src.internal.filter(({ from, to }) => layerOf(to) < layerOf(from)))).toEqual([]);
  });

  it('have no import cycles, between files or folders', () => {
    expect(importCycles(src.internal)).toEqual([]);
    expect(
      importCycles(src.internal.map(({ from, to }) => ({ from: folderOf(from), to: folderOf(to) }))),
    ).toEqual([]);
  });

  it('read process.env in the entry points, github and terminal only', () => {
    const readers = [...src.texts].filter(([, text]) => /\bprocess\.env\b/.test(text)).map(([file]) => file);
    expect(readers).toContain('main.ts');
    expect(readers.filter((file) => !ENTRY_POINTS.test(file) && !ADAPTERS.test(file))).toEqual([]);
  });

  it("use GitHub's toolkit in the entry points and in github only", () => {
    const importers = src.imports.filter(({ to }) => to === '@actions/core');
    expect(importers).toContainEqual({ from: 'main.ts', to: '@actions/core' });
    const isGitHub = (file: string) => /^(?:main|post)\.ts$|^github\//.test(file);
    expect(describeImports(importers.filter(({ from }) => !isGitHub(from)))).toEqual([]);
  });

  it('keep the action and the command apart', () => {
    const isOf = (adapter: string, file: string) => file.startsWith(`${adapter}/`);
    const apart = src.internal.filter(
      ({ from, to }) =>
        (isOf('terminal', to) && !TERMINAL.test(from)) || (isOf('github', to) && TERMINAL.test(from)),
    );
    expect(describeImports(apart)).toEqual([]);
  });

  it('name no CI outside the adapters', () => {
    const core = [...src.texts].filter(([file]) => !ENTRY_POINTS.test(file) && !ADAPTERS.test(file));
    expect(core.length).toBeGreaterThan(50);
    expect(core.filter(([, text]) => GITHUB_WORDS.test(text)).map(([file]) => file)).toEqual([]);
  });

  it('never import from outside src, except package.json', () => {
    const outside = src.imports.filter(({ to }) => to.startsWith('..'));
    expect(describeImports(outside.filter(({ to }) => to !== '../package.json'))).toEqual([]);
  });
});

describe('The files of src', () => {
  it(`have ${MAX_LINES_PER_FILE} lines at most`, () => {
    const long = [...src.texts].map(([file, text]) => [file, linesOf(text)] as const);
    expect(long.filter(([, lines]) => lines > MAX_LINES_PER_FILE)).toEqual([]);
  });

  it(`have ${MAX_LINES_OF_TERMINAL} lines at most for the command`, () => {
    const lines = [...src.texts].filter(([file]) => TERMINAL.test(file)).map(([, text]) => linesOf(text));
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(MAX_LINES_OF_TERMINAL);
  });

  it(`have ${MAX_LINES} lines together without the command, and ${MAX_LINES_OF_CODE} without comments and blank lines, at most`, () => {
    const texts = [...src.texts].filter(([file]) => !TERMINAL.test(file)).map(([, text]) => text);
    const sum = (count: (text: string) => number) => texts.reduce((total, text) => total + count(text), 0);
    expect(sum(linesOf)).toBeLessThanOrEqual(MAX_LINES);
    expect(sum(linesOfCode)).toBeLessThanOrEqual(MAX_LINES_OF_CODE);
  });
});

describe.each([
  ['src', src],
  ['simulator', simulator],
])('The imports in %s', (_, { texts, imports }) => {
  it('have the extension that Node requires', () => {
    expect(
      describeImports(imports.filter(({ to }) => texts.has(`${to}.ts`) || texts.has(`${to}/index.ts`))),
    ).toEqual([]);
  });
});

describe('The simulator', () => {
  it('has no import cycles', () => {
    expect(importCycles(simulator.internal)).toEqual([]);
  });
});

describe('The search for import cycles', () => {
  it('finds exactly the imports that lead back to their start', () => {
    const chain = [
      { from: 'a', to: 'b' },
      { from: 'b', to: 'c' },
      { from: 'a', to: 'c' },
    ];
    expect(importCycles(chain)).toEqual([]);
    expect(importCycles([...chain, { from: 'c', to: 'b' }])).toEqual(['b imports c', 'c imports b']);
  });
});

import { lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Step } from '../../simulator/runner.ts';
import type { Footprint } from '../../src/config/file.ts';

/** The shortest piece of a secret that counts as leaked: one that is shorter also turns up by chance. */
const PIECE = 16;

/** The shortest mask: the runner would replace a shorter one wherever it happens to occur. */
const SHORTEST_MASK = 16;

/** What is looked for, and what is not. */
export interface InPlay {
  /** Private keys, tokens, passwords. */
  secrets: readonly string[];
  /**
   * Certificates, which are for everybody. The public key stands in one, and in the file of the private key as well:
   * pieces that the two have in common are no secret.
   */
  certificates: readonly string[];
}

/**
 * Looks for secrets in everything that the action has told anybody, in whatever form, and for masks that would
 * blank out what is none.
 * @returns what was found, in words, without the secret
 */
export function leaksOf(step: Step, inPlay: InPlay): string[] {
  const leaks = [
    ...leaksOfScript(step, inPlay),
    ...leaksIn({ 'stdout, masks aside': withoutMasks(step.stdout), stderr: step.stderr }, inPlay),
  ];
  if (step.stderr !== '') leaks.push('stderr, which may be shown before a mask takes effect, is not empty');
  return leaks;
}

/**
 * Looks for the same in what a step of the workflow's own has told. It may print what it likes: both of its streams
 * are looked at as the log shows them, masks applied.
 * @returns what was found, in words, without the secret
 */
export function leaksOfScript(step: Step, inPlay: InPlay): string[] {
  const { log, outputs, env, state, summary, annotations, path: added } = step;
  const told = { log, outputs, env, state, summary, annotations, path: added };
  const leaks = leaksIn({ ...told, 'a process argument': step.arguments }, inPlay);
  const { secrets } = inPlay;
  const passwords = new Set(secrets.filter((secret) => secret.length < PIECE));
  if (step.masks.some((mask) => mask.length < SHORTEST_MASK && !passwords.has(mask))) {
    leaks.push('a mask is so short that it hides what is no secret');
  }
  return leaks;
}

function leaksIn(told: Record<string, unknown>, inPlay: InPlay): string[] {
  return Object.entries(told).flatMap(([where, content]) =>
    formsIn(typeof content === 'string' ? content : JSON.stringify(content), inPlay).map(
      (form) => `${where} holds a secret (${form})`,
    ),
  );
}

/**
 * Looks for secrets in the files that stand below a folder. Only mondoo.yml and its temporary name may hold
 * one, where nobody else can read it, and where post finds it.
 * @param states what the job's steps have saved
 * @param onHost where a file stands that they name
 * @returns what was found, in words, without the secret
 */
export async function leaksBelow(
  folder: string,
  inPlay: InPlay,
  states: readonly Record<string, string>[],
  onHost = (file: string) => file,
): Promise<string[]> {
  const footprints = states.flatMap(({ 'mondoo-config': saved }) => {
    if (!saved) return [];
    const { configPath, temporaryPath, copyPath, createdFolders } = JSON.parse(saved) as Footprint;
    return [
      {
        files: [configPath, temporaryPath, ...(copyPath === undefined ? [] : [copyPath])].map(onHost),
        createdFolders: createdFolders.map(onHost),
      },
    ];
  });
  const leaks: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.join(entry.parentPath, entry.name);
    const forms = formsIn(await readFile(file, 'latin1'), inPlay);
    if (forms.length === 0) continue;
    const footprint = footprints.find(({ files }) => files.includes(file));
    if (footprint === undefined) {
      leaks.push(`the file ${entry.name}, which no state knows, holds a secret (${forms.join(', ')})`);
      continue;
    }
    if (process.platform === 'win32') continue;
    if ((await modeOf(file)) !== 0o600) leaks.push(`the file ${entry.name} with a key can be read by others`);
    const isOwnFolder =
      entry.parentPath.endsWith(OWN_FOLDER) || footprint.createdFolders.includes(entry.parentPath);
    if (isOwnFolder && (await modeOf(entry.parentPath)) !== 0o700) {
      leaks.push(`the folder of ${entry.name} with a key is open to others`);
    }
  }
  return leaks;
}

/** The folder that is there for mondoo.yml alone, whoever made it. */
const OWN_FOLDER = path.join('_github_home', '.config', 'mondoo');

async function modeOf(file: string): Promise<number> {
  return (await lstat(file)).mode & 0o777;
}

/** Tells in which forms a text holds any piece of the secrets. */
function formsIn(text: string, { secrets, certificates }: InPlay): string[] {
  const found = new Set<string>();
  for (const secret of secrets) {
    if (secret.length < PIECE && text.includes(secret)) found.add('as it is');
  }
  const pieces = secrets.filter((secret) => secret.length >= PIECE).map(piecesOf);
  const isOpen = (piece: string) => certificates.some((certificate) => piecesOf(certificate).has(piece));
  for (let at = 0; at + PIECE <= text.length; at++) {
    const piece = text.slice(at, at + PIECE);
    for (const forms of pieces) {
      const form = forms.get(piece);
      if (form !== undefined && !isOpen(piece)) found.add(form);
    }
  }
  return [...found];
}

const known = new Map<string, ReadonlyMap<string, string>>();

/** Every piece of a secret or a certificate, wherever it starts, and the form that it takes. */
function piecesOf(text: string): ReadonlyMap<string, string> {
  const before = known.get(text);
  if (before) return before;
  const body = text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('-----'))
    .join('');
  const forms: [string, string][] = [
    ['as it is', body],
    ['JSON-escaped', JSON.stringify(body).slice(1, -1)],
    ['URI-escaped', encodeURIComponent(body)],
    // Base64 of a text is another one for each of the three places at which the text can start.
    ...[0, 1, 2].map((offset): [string, string] => ['base64', innerBase64(text, offset)]),
    ['hex', Buffer.from(body, 'base64').toString('hex')],
  ];
  const pieces = new Map<string, string>();
  for (const [form, whole] of forms.toReversed()) {
    for (let at = 0; at + PIECE <= whole.length; at++) pieces.set(whole.slice(at, at + PIECE), form);
  }
  known.set(text, pieces);
  return pieces;
}

function innerBase64(text: string, offset: number): string {
  // What the first and the last group encode depends on the neighbours.
  return Buffer.from('x'.repeat(offset) + text)
    .toString('base64')
    .slice(4, -4);
}

/** What the step printed, less the lines that tell the runner what to mask. A lone CR ends a line for the runner. */
function withoutMasks(stdout: string): string {
  return stdout
    .split(/\r\n|\n|\r/)
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
}

import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import path from 'node:path';
import type { Step } from '../../simulator/runner.ts';
import type { CleanupManifest } from '../../src/config/manifest.ts';

/** The shortest piece of a secret that counts as leaked: shorter ones occur by chance. */
const PIECE = 16;

/** The shortest mask: the runner would replace a shorter one all over the log. */
const SHORTEST_MASK = 16;

/** What to search for, and what to ignore. */
export interface InPlay {
  /** Private keys, tokens, passwords. */
  secrets: readonly string[];
  /**
   * Certificates, which are public. The public key is in the certificate and in the private key's file: the pieces that
   * the two share aren't secret.
   */
  certificates: readonly string[];
}

/**
 * Searches all output of the action for secrets in any form, and for masks that would hide text that isn't secret.
 * @returns descriptions of the leaks, without the secret
 */
export function leaksOf(step: Step, inPlay: InPlay): string[] {
  const leaks = [
    ...leaksOfScript(step, inPlay),
    ...leaksIn({ 'stdout, masks aside': withoutMasks(step.stdout), stderr: step.stderr }, inPlay),
  ];
  // Node itself prints this line before the action runs.
  const stderr = step.stderr.replace(/^Warning: Ignoring extra certs from .*\n/, '');
  if (stderr !== '') leaks.push('stderr, which may be shown before a mask takes effect, is not empty');
  return leaks;
}

/**
 * Searches the output of a workflow's own step for secrets. It may print secrets if the log masks them, so both streams
 * are searched with masks applied.
 * @returns descriptions of the leaks, without the secret
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
  return Object.entries(told).flatMap(([where, content]) => {
    const form = formIn(textsOf(content).join('\n'), inPlay);
    return form === undefined ? [] : [`${where} holds a secret (${form})`];
  });
}

/** All texts in a value, including property names; JSON would escape them again. */
function textsOf(content: unknown): string[] {
  if (typeof content === 'string') return [content];
  if (typeof content !== 'object' || content === null) return [];
  return Object.entries(content).flatMap(([name, value]) => [name, ...textsOf(value)]);
}

/**
 * Searches the files below a folder for secrets, including names and link targets. Only mondoo.yml and its temporary
 * name may contain one, if no one else can read the file and post knows it.
 * @param states the saved states of the job's steps
 * @param onHost maps a path in a state to the path on the host
 * @returns descriptions of the leaks, without the secret
 */
export async function leaksBelow(
  folder: string,
  inPlay: InPlay,
  states: readonly Record<string, string>[],
  onHost = (file: string) => file,
): Promise<string[]> {
  const footprints = states.flatMap(({ cleanup = '{}' }) => {
    const { config, keyFile, createdFolders = [] } = JSON.parse(cleanup) as CleanupManifest;
    if (!config) return [];
    return [
      {
        files: [config.path, config.temporaryPath, ...(keyFile ? [keyFile] : [])].map(onHost),
        createdFolders: createdFolders.map(onHost),
      },
    ];
  });
  const leaks: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    // The slashes in a secret turn a file name into folders.
    const inName = formIn(path.relative(folder, file).replaceAll(path.sep, '/'), inPlay);
    if (inName !== undefined) leaks.push(`the name of a file holds a secret (${inName})`);
    const name = inName === undefined ? entry.name : 'of that name';
    if (entry.isSymbolicLink()) {
      const form = formIn(await readlink(file), inPlay);
      if (form !== undefined) leaks.push(`the link ${name} leads to a secret (${form})`);
    }
    if (!entry.isFile()) continue;
    const form = formIn(await readFile(file, 'latin1'), inPlay);
    if (form === undefined) continue;
    const footprint = footprints.find(({ files }) => files.includes(file));
    if (footprint === undefined) {
      leaks.push(`the file ${name}, which no state knows, holds a secret (${form})`);
      continue;
    }
    if (process.platform === 'win32') continue;
    if ((await modeOf(file)) !== 0o600) leaks.push(`the file ${name} with a key can be read by others`);
    const isOwnFolder =
      entry.parentPath.endsWith(OWN_FOLDER) || footprint.createdFolders.includes(entry.parentPath);
    if (isOwnFolder && (await modeOf(entry.parentPath)) !== 0o700) {
      leaks.push(`the folder of ${name} with a key is open to others`);
    }
  }
  return leaks;
}

/** The folder that exists only for mondoo.yml, created by the step or not. */
const OWN_FOLDER = path.join('_github_home', '.config', 'mondoo');

async function modeOf(file: string): Promise<number> {
  return (await lstat(file)).mode & 0o777;
}

/** The plainest form in which a text contains a piece of the secrets, if any. */
function formIn(text: string, inPlay: InPlay): string | undefined {
  const needles = needlesOf(inPlay);
  for (const { reading, how } of readingsOf(text)) {
    const form = plainestIn(reading, needles);
    if (form !== undefined) return form + how;
  }
  return undefined;
}

/** The text, and variants that undo separators between the bytes of a secret. */
function* readingsOf(text: string): Iterable<{ reading: string; how: string }> {
  yield { reading: text, how: '' };
  // In UTF-16 each ASCII byte has a zero byte before or after it.
  const unpadded = text.replaceAll('\0', '');
  if (unpadded !== text) yield { reading: unpadded, how: ' in UTF-16' };
  const digits = runsIn(unpadded, HEX_DIGITS, (run) => run.replace(/[^\da-f]/gi, '').toLowerCase());
  if (digits !== '') yield { reading: digits, how: ' with capitals or separators' };
  const numbers = runsIn(unpadded, BYTE_NUMBERS, (run) =>
    Buffer.from(run.split(',').map(Number)).toString('latin1'),
  );
  if (numbers !== '') yield { reading: numbers, how: ' as the numbers of its bytes' };
}

/** Bytes in hex as OpenSSL, Node and `xxd -u` print them: with colons, blanks, line ends, or without separators. */
const HEX_DIGITS = /(?:[\da-f]{2}[:\s]{0,8}){5,}/gi;

/** Bytes as JSON prints a buffer, and Node an array. */
const BYTE_NUMBERS = /\d{1,3}(?:\s{0,8},\s{0,8}\d{1,3}){5,}/g;

function runsIn(text: string, pattern: RegExp, read: (run: string) => string): string {
  return [...text.matchAll(pattern)].map(([run]) => read(run)).join('\n');
}

function plainestIn(text: string, { whole, seeds, isOpen }: Needles): string | undefined {
  let plainest = FORMS.length;
  for (const { form, characters } of whole) {
    if (form < plainest && text.includes(characters)) plainest = form;
  }
  for (let at = 0; at + SEED <= text.length && plainest > 0; at++) {
    for (const seed of seeds.get(text.slice(at, at + SEED)) ?? []) {
      if (seed.form < plainest && piecesAround(seed, text, at).some((piece) => !isOpen(piece))) {
        plainest = seed.form;
      }
    }
  }
  return FORMS[plainest];
}

/** The forms of a secret, plainest first. */
const FORMS = ['as it is', 'JSON-escaped', 'URI-escaped', 'base64', 'hex', 'DER'];

/** A secret or a certificate in one of the forms. */
interface Written {
  /** Its index in FORMS. */
  form: number;
  characters: string;
}

/** A few characters of the form, for a fast search. */
interface Seed extends Written {
  at: number;
}

interface Needles {
  /** Secrets that are too short to search for pieces of them. */
  whole: readonly Written[];
  seeds: ReadonlyMap<string, readonly Seed[]>;
  /** Whether a piece is also in a certificate. */
  isOpen(piece: string): boolean;
}

/** The length of a seed, and the distance between two: every piece of the shortest length contains a whole seed. */
const SEED = 8;
const SEED_STEP = PIECE - SEED + 1;

/** The longest common pieces around a seed, of a text and of the seed's form. */
function piecesAround({ characters, at }: Seed, text: string, textAt: number): string[] {
  const pieces: string[] = [];
  for (let before = Math.min(SEED_STEP - 1, at, textAt); before >= 0; before--) {
    const piece = characters.slice(at - before, at - before + PIECE);
    if (piece.length === PIECE && text.startsWith(piece, textAt - before)) pieces.push(piece);
  }
  return pieces;
}

const known = new WeakMap<InPlay, Needles>();

function needlesOf(inPlay: InPlay): Needles {
  const before = known.get(inPlay);
  if (before) return before;
  const { secrets, certificates } = inPlay;
  const seeds = new Map<string, Seed[]>();
  for (const written of secrets.filter((secret) => secret.length >= PIECE).flatMap(writtenForms)) {
    const { characters } = written;
    for (let at = 0; at + SEED <= characters.length; at += SEED_STEP) {
      const key = characters.slice(at, at + SEED);
      const same = seeds.get(key);
      if (same) same.push({ ...written, at });
      else seeds.set(key, [{ ...written, at }]);
    }
  }
  const whole = secrets
    .filter((secret) => secret.length < PIECE)
    .flatMap(writtenForms)
    .filter(({ form, characters }) => form === 0 || characters.length >= shortestWhole(form));
  const open = certificates.flatMap(writtenForms);
  const isOpen = (piece: string) => open.some(({ characters }) => characters.includes(piece));
  const needles = { whole, seeds, isOpen };
  known.set(inPlay, needles);
  return needles;
}

/** The shortest piece of a short secret in another form than its own that does not occur by chance. */
function shortestWhole(form: number): number {
  return FORMS[form] === 'hex' ? 10 : 6;
}

function writtenForms(text: string): Written[] {
  const body = text
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('-----'))
    .join('');
  // The claims of a token aren't secret.
  const der = text.startsWith('-----') ? Buffer.from(body, 'base64') : Buffer.alloc(0);
  const bytes = Buffer.from(body);
  const uri = encodeURIComponent(body);
  const base64 = [Buffer.from(text), der].flatMap(innerBase64);
  // In the order of FORMS.
  const forms = [
    // Files are searched as bytes.
    [body, bytes.toString('latin1')],
    [JSON.stringify(body).slice(1, -1)],
    [uri, uri.replace(/%../g, (escaped) => escaped.toLowerCase())],
    [...base64, ...base64.map((characters) => characters.replaceAll('+', '-').replaceAll('/', '_'))],
    [bytes.toString('hex'), der.toString('hex')],
    [der.toString('latin1')],
  ];
  const plainest = new Map<string, number>();
  for (const [form, spellings] of forms.entries()) {
    for (const characters of spellings) if (!plainest.has(characters)) plainest.set(characters, form);
  }
  plainest.delete('');
  return [...plainest].map(([characters, form]) => ({ form, characters }));
}

/** Base64 has three alignments within longer data. */
function innerBase64(bytes: Buffer): string[] {
  return [0, 1, 2].map((before) =>
    Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      // A character has six bits: the first and the last depend on the neighboring bytes.
      .slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6)),
  );
}

/** The output of the step without the lines that mask something. A lone CR ends a line for the runner. */
function withoutMasks(stdout: string): string {
  return stdout
    .split(/\r\n|\n|\r/)
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
}

import { expect } from 'vitest';
import type { Step } from '../../simulator/runner.ts';

/** The shortest piece of a secret that counts as leaked: one that is shorter also turns up by chance. */
const PIECE = 16;

/** Expects that nothing a step has told anybody holds a secret, a private key or a token, in whatever form. */
export function expectNoLeak(step: Step, secret: string): void {
  const { log, outputs, env, state, summary, annotations } = step;
  const told = { log, outputs, env, state, summary, annotations, unmasked: withoutMasks(step.stdout) };
  for (const [where, content] of Object.entries(told)) {
    const text = typeof content === 'string' ? content : JSON.stringify(content);
    for (const [form, pieces] of Object.entries(formsOf(secret))) {
      const found = pieces.find((piece) => text.includes(piece));
      expect(found, `${where} holds a secret (${form})`).toBeUndefined();
    }
  }
}

/** Every piece of a secret that must not be told, by the form that it takes. */
export function formsOf(secret: string): Record<string, string[]> {
  const body = secret
    .split(/\r?\n/)
    .filter((line) => line !== '' && !line.startsWith('-----'))
    .join('');
  return {
    'as it is': piecesOf(body),
    // Base64 of a text is another one for each of the three places at which the text can start.
    base64: [0, 1, 2].flatMap((offset) => piecesOf(innerBase64(secret, offset))),
    hex: piecesOf(Buffer.from(body, 'base64').toString('hex')),
  };
}

function piecesOf(text: string): string[] {
  return Array.from({ length: Math.floor(text.length / PIECE) }, (_, at) => text.substr(at * PIECE, PIECE));
}

function innerBase64(text: string, offset: number): string {
  // What the first and the last group encode depends on the neighbours.
  return Buffer.from('x'.repeat(offset) + text)
    .toString('base64')
    .slice(4, -4);
}

/** What the step printed, less the lines that tell the runner what to mask. */
function withoutMasks(stdout: string): string {
  return stdout
    .split('\n')
    .filter((line) => !line.startsWith('::add-mask::'))
    .join('\n');
}

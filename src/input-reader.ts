import { parseDuration } from './util/duration.ts';
import { ActionError } from './util/errors.ts';
import { type Mrn, spaceId } from './util/mrn.ts';
import { codeSpan } from './util/text.ts';
import type { ParseUrl } from './util/url.ts';

/** Returns the text of an input, empty if there is none. */
export type GetInput = (name: string) => string;

export function invalid(name: string, problem: string, remedy: string): ActionError {
  return new ActionError('invalid-input', `The input \`${name}\` ${problem}.`, remedy);
}

/** @param problem says what the value isn't */
export function invalidValue(name: string, value: string, problem: string, remedy: string): ActionError {
  return invalid(name, `is ${codeSpan(value, 60)}, which ${problem}`, remedy);
}

/** Reads `expect-space`, an id or an MRN. */
export function readSpace(text: string): Mrn | undefined {
  if (text === '') return undefined;
  const mrn = text.startsWith('//') ? text : `//captain.api.mondoo.app/spaces/${text}`;
  if (spaceId(mrn) !== undefined) return mrn;
  const remedy = 'Copy the id or the MRN from the settings of the space in the Mondoo Console.';
  throw invalidValue('expect-space', text, "isn't the id or the MRN of a space", remedy);
}

/** Reads inputs of a kind. All throw ActionError. @param defaults are used for an input that is empty, too */
export function inputReader<Name extends string>(get: GetInput, defaults: Record<Name, string>) {
  const text = (name: Name) => get(name) || defaults[name];

  function choice<Choice extends string>(name: Name, choices: readonly Choice[]): Choice {
    const given = text(name).toLowerCase();
    const choice = choices.find((choice) => choice === given);
    if (choice !== undefined) return choice;
    const list = choices.map((choice) => `\`${choice}\``).join(', ');
    throw invalidValue(name, given, `isn't one of ${list}`, `Set \`${name}\` to one of these, or leave it out.`);
  }

  /** Reads a duration, in milliseconds. @param range says which ones fit */
  function duration(name: Name, range: string, fits: (milliseconds: number) => boolean): number {
    const given = text(name);
    const duration = parseDuration(given);
    if (duration !== undefined && fits(duration)) return duration;
    const hasNoUnit = duration === undefined && /^-?[\d.]+$/.test(given);
    const problem = duration !== undefined ? 'is out of range' : hasNoUnit ? 'has no unit' : "isn't a duration";
    throw invalidValue(name, given, problem, `Write it like \`30s\`, \`2m\` or \`1m30s\`. ${range}`);
  }

  /** Reads a URL, if there is one. */
  function url(name: string, parse: ParseUrl, remedy: string): string | undefined {
    const given = get(name);
    return given === '' ? undefined : parse(given, (problem) => invalid(name, problem, remedy));
  }

  const boolean = (name: Name) => choice(name, ['true', 'false']) === 'true';
  return { text, boolean, choice, duration, url };
}

import { parseDuration } from './util/duration.ts';
import { ActionError } from './util/errors.ts';
import { type Mrn, spaceId } from './util/mrn.ts';
import { plainText } from './util/text.ts';
import { readUrl } from './util/url.ts';

/** Returns the text of an input, empty if there is none. */
export type GetInput = (name: string) => string;

export function invalid(message: string, remedy: string): ActionError {
  return new ActionError('invalid-input', message, remedy);
}

/**
 * Reads the input expect-space, an id or an MRN.
 * @throws ActionError `invalid-input`
 */
export function readSpace(text: string): Mrn | undefined {
  if (text === '') return undefined;
  const mrn = text.startsWith('//') ? text : `//captain.api.mondoo.app/spaces/${text}`;
  if (spaceId(mrn) !== undefined) return mrn;
  throw invalid(
    `The input expect-space is "${plainText(text, 120)}", which isn't the id or the MRN of a space.`,
    'Write the id of the space, or its MRN like //captain.api.mondoo.app/spaces/<id>, as the settings of the space in the Mondoo Console show them.',
  );
}

/** Reads inputs of a kind. Every method throws ActionError `invalid-input`. */
export class InputReader<Name extends string> {
  private readonly get: GetInput;
  private readonly defaults: Record<Name, string>;

  /** @param defaults are used for an input that is there but empty, too */
  constructor(get: GetInput, defaults: Record<Name, string>) {
    this.get = get;
    this.defaults = defaults;
  }

  text(name: Name): string {
    return this.get(name) || this.defaults[name];
  }

  boolean(name: Name): boolean {
    const text = this.text(name).toLowerCase();
    if (text === 'true' || text === 'false') return text === 'true';
    throw invalid(
      `The input ${name} is "${plainText(text, 60)}", neither true nor false.`,
      `Set ${name} to true or false, or leave it out.`,
    );
  }

  choice<Choice extends string>(name: Name, choices: readonly Choice[]): Choice {
    const text = this.text(name).toLowerCase();
    const choice = choices.find((choice) => choice === text);
    if (choice !== undefined) return choice;
    throw invalid(
      `The input ${name} is "${plainText(text, 60)}", which is none of ${choices.join(', ')}.`,
      `Set ${name} to one of these, or leave it out.`,
    );
  }

  /**
   * Reads a duration, in milliseconds.
   * @param range says which ones fit
   */
  duration(name: Name, range: string, fits: (milliseconds: number) => boolean): number {
    const text = this.text(name);
    const duration = parseDuration(text);
    if (duration !== undefined && fits(duration)) return duration;
    const found =
      duration !== undefined
        ? `is out of range. ${range}`
        : /^-?[\d.]+$/.test(text)
          ? 'is a number without a unit.'
          : `is not a duration. ${range}`;
    throw invalid(`The input ${name} is "${plainText(text, 60)}", which ${found}`, `Write it like 30s, 2m or 1m30s.`);
  }

  /**
   * Reads a URL, if there is one.
   * @param parse throws UrlError
   */
  url(name: string, parse: (text: string) => string, remedy: string): string | undefined {
    const text = this.get(name);
    if (text === '') return undefined;
    return readUrl(text, parse, { code: 'invalid-input', subject: `The input ${name}`, remedy });
  }
}

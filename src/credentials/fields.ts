import { ActionError } from '../util/errors.ts';
import { isMrn, MRN_SHAPE, type Mrn, type MrnKind } from '../util/mrn.ts';
import { codeSpan } from '../util/text.ts';
import { DEFAULT_ENDPOINT, type ParseUrl, parseEndpoint } from '../util/url.ts';

export const COPY_CREDENTIALS =
  'Copy the credentials again from the Mondoo Console, from the opening brace to the closing brace. Or generate new ones: Integrations → Supply Chain → Generate Long-Lived Credentials. Store the JSON unchanged as the secret.';

/** @param message may hold nothing of a secret, like `evidence` */
export function invalid(message: string, remedy = COPY_CREDENTIALS, evidence?: string): ActionError {
  return new ActionError('invalid-credentials', message, remedy, evidence);
}

type Owner = 'credentials' | 'workload identity JSON' | 'registration token';

/** Reads the fields of a document, whose keys are in lower case. All throw ActionError, and no message quotes a value that may be secret. */
export function fieldsOf(document: Record<string, unknown>, owner: Owner, copyAgain: string) {
  const subject = (name: string) =>
    `The ${owner === 'registration token' ? 'claim' : 'field'} \`${name}\` of the ${owner}`;

  function unusable(name: string, problem: string, remedy = copyAgain, evidence?: string): ActionError {
    return invalid(`${subject(name)} ${problem}.`, remedy, evidence);
  }

  /** Absent, null and empty are the same, as in Go. */
  function text(name: string): string | undefined {
    const value = document[name.toLowerCase()] ?? '';
    if (typeof value === 'string') return value || undefined;
    throw unusable(name, "isn't text");
  }

  function required(name: string, value = text(name)): string {
    if (value !== undefined) return value;
    const others = Object.keys(document).filter((key) => key !== name.toLowerCase());
    throw unusable(name, 'is missing or empty', copyAgain, `Number of other fields: ${others.length}`);
  }

  function mrn(name: string, kind: MrnKind): Mrn | undefined {
    const value = text(name);
    if (value === undefined || isMrn(kind, value)) return value;
    const what = kind === 'owner' ? 'a space or an organization' : `a ${kind}`;
    // Text without slashes may be a secret.
    const isPlain = owner === 'workload identity JSON' && /^\s*\/\/|:\/\//.test(value);
    const quoted = isPlain ? `. The value is ${codeSpan(value, 120)}` : '';
    throw unusable(name, `isn't the MRN of ${what}, such as \`${MRN_SHAPE[kind]}\`${quoted}`);
  }

  function url(name: string, parse: ParseUrl, remedy = copyAgain): string | undefined {
    const value = text(name);
    return value && parse(value, (problem) => unusable(name, problem, remedy));
  }

  /** Reads `api_endpoint`, or warns about the default. */
  function endpoint(warnings: string[]): string {
    const remedy = `Use an https URL such as \`${DEFAULT_ENDPOINT}\`, or set the input \`api-endpoint\`.`;
    const declared = url('api_endpoint', parseEndpoint, remedy);
    if (declared !== undefined) return declared;
    warnings.push(
      `${subject('api_endpoint')} is missing. Like cnspec, the action uses \`${DEFAULT_ENDPOINT}\`. For an account of another region, set the input \`api-endpoint\`.`,
    );
    return DEFAULT_ENDPOINT;
  }

  /** Says that an endpoint isn't Mondoo's. */
  function foreignHost(name: string, endpoint: string): ActionError {
    return unusable(
      name,
      `names \`${new URL(endpoint).host}\`, which isn't a host of mondoo.com. Nothing was sent there`,
      `${copyAgain} If you trust this host, set the input \`api-endpoint\`.`,
    );
  }

  return { text, required, mrn, url, endpoint, foreignHost, unusable };
}

import { findCnspec } from './cnspec/find.ts';
import { ActionError } from './errors.ts';
import type { Inputs } from './inputs.ts';
import type { Verification } from './real-cnspec.ts';
import { tellUnasked } from './report/notices.ts';
import { verdictOn } from './status/verdict.ts';
import { isInWorkspace } from './values/workspace.ts';

/**
 * Has the real cnspec agree, where it is there or asked for, and installs it before that where it is asked for.
 * @param configPath of what is to become mondoo.yml
 * @returns whether the gate has passed
 */
export async function verify(configPath: string, work: Verification): Promise<boolean> {
  const { inputs, facts } = work;
  const { cnspecVersion, verifyWithCnspec } = inputs;
  const found =
    cnspecVersion || verifyWithCnspec === 'false' ? undefined : await findOnPath(verifyWithCnspec);
  if (cnspecVersion || found !== undefined) {
    // Few jobs need it, and it brings much that would be loaded on each run.
    const { installAndAsk } = await import('./real-cnspec.ts');
    await installAndAsk(found, configPath, work);
  } else if (verifyWithCnspec === 'true') {
    facts.cnspec = { failure: notFound() };
  }
  return verdictOn(facts, inputs).passed;
}

/** A pull request can bring a program of that name, which must not get to see mondoo.yml unless that is asked for. */
async function findOnPath(verifyWithCnspec: Inputs['verifyWithCnspec']): Promise<string | undefined> {
  const found = await findCnspec();
  if (found === undefined || verifyWithCnspec === 'true') return found;
  if (!(await isInWorkspace(found, process.env))) return found;
  tellUnasked(found);
  return undefined;
}

function notFound(): ActionError {
  return new ActionError(
    'cnspec-failed',
    'There is no cnspec on PATH, and the input verify-with-cnspec is true, so it has to be there.',
    'Set the input cnspec-version to have it installed, or install it in a step before this one.',
  );
}

import type { Mrn } from '../util/mrn.ts';
import { invalid } from './fields.ts';
import { type Identity, identityTarget } from './identity.ts';

const SUBJECTS: Record<Identity['kind'], string> = {
  'service account': 'The credentials belong to',
  'workload identity': 'The workload identity JSON is for',
  'registration token': 'The registration token is for',
};

/**
 * Makes sure that an identity belongs to the space that the workflow expects.
 * @throws ActionError `invalid-credentials`
 */
export function requireSpace(identity: Identity, expected: Mrn | undefined): void {
  const { ownerMrn } = identityTarget(identity);
  if (expected === undefined || ownerMrn === expected) return;
  throw invalid(
    `${SUBJECTS[identity.kind]} ${ownerMrn}, but the input \`expect-space\` expects ${expected}. Nothing was sent to Mondoo Platform.`,
    'Use the credentials of that space: check which secret the workflow passes and what it contains. If the space is right, correct `expect-space`.',
  );
}

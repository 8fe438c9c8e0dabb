import type { Validity } from '../platform/account.ts';

const DAY = 86_400_000;

/** How long before the end people are warned, in days. */
const SOON = 30;

/** Says when the certificate of credentials ends, from 30 days before, and what to do. */
export function expiryNotice({ to }: Validity, now: Date): string | undefined {
  const days = Math.floor((to.getTime() - now.getTime()) / DAY);
  if (days >= SOON) return undefined;
  const left = days < 1 ? 'less than a day' : days === 1 ? '1 day' : `${days} days`;
  const end =
    to < now
      ? `expired on ${to.toISOString()}. Mondoo Platform may reject them.`
      : `expires on ${to.toISOString()}, in ${left}. Mondoo Platform may reject them then.`;
  return `The certificate of the credentials ${end} Generate new credentials in the Mondoo Console, store them as the secret, then delete the old service account.`;
}

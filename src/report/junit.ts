import { CallError } from '../platform/call-error.ts';
import type { Result } from '../status/result.ts';
import type { Verdict } from '../status/verdict.ts';
import { FINDINGS, type FindingCode, TITLES } from '../util/errors.ts';
import { plainText } from '../util/text.ts';
import { findingText } from './outputs.ts';

const wasAccepted = ({ check }: Result) => check?.ping === 'accepted' || check?.pingAtServerTime === 'accepted';

/** Whether the work came far enough to rule a finding out. */
const RULED_OUT: Record<FindingCode, (result: Result) => boolean> = {
  'invalid-input': () => true,
  'missing-credentials': ({ error }) => error?.code !== 'invalid-input',
  'invalid-credentials': ({ identity }) => identity !== undefined,
  'runner-error': ({ identity }) => identity !== undefined,
  unreachable: ({ check }) => check !== undefined,
  'not-serving': ({ check }) => check !== undefined && !(check.health instanceof CallError),
  unauthenticated: wasAccepted,
  'permission-denied': wasAccepted,
  'clock-skew': ({ check }) => check?.skew !== undefined,
  unregistered: ({ registration }) => registration.wanted && registration.clientMrn !== undefined,
  'cnspec-failed': ({ cnspec }) => cnspec !== undefined,
  skipped: ({ error }) => error?.code !== 'invalid-input',
};

/** The verdict as JUnit XML: always the same cases, one for each finding. */
export function junitXml(result: Result, { fatal, tolerated }: Verdict): string {
  const cases = FINDINGS.map((code) => {
    const finding = [...fatal, ...tolerated].find((finding) => finding.code === code);
    let content = RULED_OUT[code](result) ? '' : '<skipped/>';
    if (finding) {
      const text = escapeXml(findingText(finding));
      content = fatal.includes(finding)
        ? `<failure message="${escapeXml(TITLES[code])}">${text}</failure>`
        : `<system-out>${text}</system-out>`;
    }
    return `<testcase classname="register-cnspec" name="${code}">${content}</testcase>\n`;
  });
  const suite = `<testsuite name="register-cnspec" tests="${cases.length}">\n${cases.join('')}</testsuite>`;
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites>\n${suite}\n</testsuites>\n`;
}

/** XML has no lone surrogates, no U+FFFE and no U+FFFF. */
function escapeXml(text: string): string {
  const valid = plainText(text, 2000).toWellFormed();
  return valid.replace(/[\ufffe\uffff]/g, '').replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

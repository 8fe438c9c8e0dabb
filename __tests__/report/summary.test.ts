import { describe, expect, it } from 'vitest';
import type { CnspecAnswer } from '../../src/cnspec/status.ts';
import { summaryHtml } from '../../src/report/summary.ts';
import type { Result } from '../../src/status/result.ts';
import { verdictOn } from '../../src/status/verdict.ts';
import { ActionError, FINDINGS, type FindingCode, TITLES } from '../../src/util/errors.ts';
import { codeSpan } from '../../src/util/text.ts';
import {
  account,
  CLIENT_MRN,
  health,
  OWNER_MRN,
  result,
  resultWithoutAccount,
  rpcError,
  SERVICE_ACCOUNT_MRN,
  WORKLOAD_IDENTITY,
} from '../fixtures.ts';

const linkTo = (code: string) => `https://github.com/acme/shop/blob/c0ffee/docs/troubleshooting.md#${code}`;

const NEXT = 'Run cnspec in later steps.';

function summaryOf(given: Result, { failOn = FINDINGS }: { failOn?: readonly FindingCode[] } = {}) {
  return summaryHtml(
    given,
    verdictOn(given, { failOn: new Set(failOn), maxClockSkew: 30_000 }),
    linkTo,
    NEXT,
  );
}

/** The rows of the table: label and value. */
function rowsOf(html: string): string[][] {
  return [...html.matchAll(/<tr><td>(.*?)<\/td><td><code>(.*?)<\/code><\/td><\/tr>/g)].map((match) =>
    match.slice(1),
  );
}

const accepted = { health: health(), skew: 800, ping: 'accepted' as const };

describe('summaryHtml', () => {
  it('begins with the verdict, followed by account, owner and platform', () => {
    const html = summaryOf(
      result({
        registration: { wanted: true, name: 'x', clientMrn: CLIENT_MRN },
        check: accepted,
        configPath: '/home/runner/mondoo.yml',
      }),
    );
    expect(html).toMatch(
      /^<h3>✅ cnspec is registered<\/h3>\n<p>Client <code>x<\/code> · space <a href="https:\/\/console\.mondoo\.com\/space\/overview\?spaceId=oracle-space"><code>oracle-space<\/code><\/a> at <code>us\.api\.mondoo\.com<\/code> · clock in sync<\/p>\n<p><b>Next:<\/b> Run cnspec in later steps\.<\/p>\n<details><summary>Details<\/summary>\n<table>\n<tr><th>Name<\/th><th>Value<\/th><\/tr>\n/,
    );
    expect(html).not.toContain('Fix:');
    expect(rowsOf(html)).toEqual([
      ['Owner', OWNER_MRN],
      ['Client', CLIENT_MRN],
      ['Service\u00a0account', SERVICE_ACCOUNT_MRN],
      ['API endpoint', 'https://us.api.mondoo.com'],
      ['API status', 'SERVING'],
      ['API version', '13'],
      ['Clock', 'in sync'],
      ['mondoo.yml', '/home/runner/mondoo.yml'],
      ['Checked at', '2026-11-24T22:59:43Z'],
    ]);
  });

  it('does not show a client that the credentials name under the name of this job', () => {
    const html = summaryOf(
      result({
        registration: { wanted: false, name: 'acme/shop/scan', clientMrn: CLIENT_MRN },
        check: accepted,
      }),
    );
    expect(html).toContain(`<p>Client <code>${CLIENT_MRN.replace(/.*\//, '')}</code> · `);
    expect(html).not.toContain('acme/shop/scan');
  });

  it('does not report a check as a registration', () => {
    const checked = result({ registration: { wanted: false, name: 'x' }, check: accepted });
    expect(summaryOf(checked)).toMatch(
      /^<h3>✅ The credentials work<\/h3>\n<p>No client registered · space /,
    );
  });

  it('shows an organization and cnspec', () => {
    const given = result({
      account: account({ ownerMrn: '//captain.api.mondoo.app/organizations/acme' }),
      registration: { wanted: true, name: 'x', clientMrn: CLIENT_MRN },
      check: accepted,
      cnspec: { version: '13.0.0', answer: {} as CnspecAnswer },
    });
    expect(summaryOf(given)).toMatch(
      / · organization <code>acme<\/code> at <code>.* · <code>cnspec status<\/code> 13\.0\.0 agrees<\/p>/,
    );
  });

  it('links to the Console only if the platform is Mondoo’s', () => {
    const here = result({
      account: account({ apiEndpoint: 'https://mondoo.com.example.org' }),
      check: accepted,
    });
    expect(summaryOf(here)).toContain(
      'space <code>oracle-space</code> at <code>mondoo.com.example.org</code>',
    );
    expect(summaryOf(here)).not.toContain('console.mondoo.com');
  });

  it('shows endpoints and MRNs in a text as code', () => {
    const error = new ActionError(
      'runner-error',
      'Found `x` at https://us.api.mondoo.com.',
      `Look at ${OWNER_MRN}.`,
    );
    const html = summaryOf(result({ error }));
    expect(html).toContain(
      '<b>Cause:</b> Found <code>x</code> at <code>https://us.api.mondoo.com</code>.</p>',
    );
    expect(html).toContain(`<b>Fix:</b> Look at <code>${OWNER_MRN}</code>.</p>\n<p><a `);
  });

  it('shows every warning of the step, and those of cnspec', () => {
    const cnspec = { answer: { warnings: ['the round trip took 6s'] } as CnspecAnswer };
    const html = summaryOf(result({ check: accepted, cnspec, warnings: ['`X` is <set>.'] }));
    expect(html).toContain(
      '<p>⚠️ <code>X</code> is &lt;set&gt;.</p>\n<p>⚠️ <code>cnspec status</code> warns: the round trip took 6s</p>\n<details>',
    );
  });

  it('shows after a failure what is wrong, what to do and where to read more, gravest first', () => {
    const html = summaryOf(
      result({
        check: { ...accepted, skew: 90_000, ping: rpcError(16), pingAtServerTime: rpcError(16) },
      }),
    );
    expect(html).toMatch(
      /^<h3>❌ Mondoo Platform rejected the credentials<\/h3>\n<h4>Mondoo Platform rejected the credentials<\/h4>\n<p><b>Cause:<\/b> The service account was deleted or revoked.*\n.*\n.*\n<details><summary>Evidence<\/summary><p>Service account <code>\/\/agents\.api\.mondoo\.app\/spaces\/oracle-space\/serviceaccounts\/healthy<\/code>; AgentManager/,
    );
    expect(html).toMatch(/<b>Fix:<\/b> Look for the account .* Generate new credentials/);
    expect(html).toContain(
      '<a href="https://github.com/acme/shop/blob/c0ffee/docs/troubleshooting.md#unauthenticated">',
    );
    expect(html.indexOf('<code>clock-skew</code>')).toBeGreaterThan(
      html.indexOf('<code>unauthenticated</code>'),
    );
    expect(rowsOf(html)).toContainEqual(['Client', 'no managed client']);
    expect(html).not.toContain('mondoo.yml</td>');
  });

  it('marks tolerated findings', () => {
    const html = summaryOf(result({ check: { ...accepted, skew: 90_000 } }), { failOn: [] });
    expect(html).toMatch(
      /^<h3>⚠️ The clock of the runner is wrong, but <code>fail-on<\/code> lets it pass<\/h3>/,
    );
    expect(html).toContain('<code>clock-skew</code>');
  });

  it('names the finding that failed the job, even if a graver one is tolerated', () => {
    const html = summaryOf(
      result({ check: { ...accepted, skew: 90_000, ping: rpcError(16), pingAtServerTime: rpcError(16) } }),
      { failOn: ['clock-skew'] },
    );
    expect(html).toMatch(
      /^<h3>❌ The clock of the runner is wrong<\/h3>\n<h4>The clock of the runner is wrong<\/h4>/,
    );
    expect(html).toContain(
      '<h4>Mondoo Platform rejected the credentials, but <code>fail-on</code> lets it pass</h4>',
    );
  });

  it('keeps a quoted value with a backtick in one code span', () => {
    const error = new ActionError(
      'invalid-input',
      `The input is ${codeSpan('a`b')}, which is bad.`,
      'Nothing.',
    );
    expect(summaryOf(result({ error }))).toContain('The input is <code>a&#39;b</code>, which is bad.');
  });

  it('shows a skipped run without a warning', () => {
    const { account: _, ...nothing } = result({
      error: new ActionError('skipped', 'There are none.', 'Nothing.'),
    });
    const html = summaryOf(nothing, { failOn: FINDINGS.filter((finding) => finding !== 'skipped') });
    expect(html).toMatch(
      /^<h3>⏭️ Skipped: this run has no access to secrets<\/h3>\n<p><b>Cause:<\/b> There are none\./,
    );
    expect(html).toContain('docs/troubleshooting.md#skipped');
    expect(rowsOf(html)).toEqual([]);
  });

  it('shows owner and platform before there is an account', () => {
    const exchangeError = rpcError(16, 'no trust', 'SecureTokenService/ExchangeExternalToken');
    const html = summaryOf(resultWithoutAccount(WORKLOAD_IDENTITY, { exchangeError }));
    expect(html).toMatch(/^<h3>❌ Mondoo Platform rejected the credentials<\/h3>/);
    expect(rowsOf(html)).toEqual([
      ['Owner', OWNER_MRN],
      ['API endpoint', 'https://us.api.mondoo.com'],
      ['Checked at', '2026-11-24T22:59:43Z'],
    ]);
  });

  it('contains little if the work never began', () => {
    const { account: _, ...nothing } = result({
      error: new ActionError('missing-credentials', 'There are none.', 'Store some.'),
    });
    const html = summaryOf(nothing);
    expect(html).toContain('There are none.');
    expect(rowsOf(html)).toEqual([]);
  });

  it('escapes text from elsewhere', () => {
    const hostile = `<img src=x onerror="a('b')"> & [link](https://evil.example)`;
    const html = summaryOf(
      result({
        error: new ActionError('invalid-input', hostile, hostile),
        account: account({ apiEndpoint: hostile }),
      }),
    );
    const escaped =
      '&lt;img src=x onerror=&quot;a(&#39;b&#39;)&quot;&gt; &amp; [link](<code>https://evil.example</code>)';
    expect(html).not.toContain('<img');
    // In cause and fix, a URL is code.
    expect(html.split(escaped)).toHaveLength(3);
    expect(html).toContain(escaped.replace(/<.?code>/g, ''));
  });

  it('shows text between backticks as escaped code', () => {
    const error = new ActionError('invalid-input', 'Not `<b>` here.', 'Run `a && b`, then ` it.');
    const html = summaryOf(result({ error }));
    expect(html).toContain('Not <code>&lt;b&gt;</code> here.');
    expect(html).toContain('Run <code>a &amp;&amp; b</code>, then ` it.');
  });

  it('has no blank lines, because GitHub would parse Markdown after one', () => {
    const html = summaryOf(result({ error: new ActionError('invalid-input', 'a\n\n# b', 'c\r\n\r\n* d') }));
    expect(html.trimEnd()).not.toMatch(/\n\s*\n/);
    expect(html).toContain('a # b');
  });
});

it('names the version of cnspec if it is known', () => {
  expect(rowsOf(summaryOf(result({ cnspec: { version: '13.0.0' } })))).toContainEqual(['cnspec', '13.0.0']);
});

describe('TITLES', () => {
  it('has a short title for every verdict', () => {
    expect(Object.keys(TITLES)).toEqual([...FINDINGS]);
    for (const title of Object.values(TITLES)) expect(title).toMatch(/^[\w :]{10,50}$/);
  });
});

/**
 * Renders the job summaries of the built action as GitHub shows them. Each scenario runs against the simulator.
 *
 *   npm run screenshots              all scenarios: screenshots/NAME.png (git-ignored), each light and dark,
 *                                    and docs/images/summary.png for the README
 *   npm run screenshots -- NAME...   these scenarios only
 *
 * Needs Chromium: set CHROMIUM, or `apt-get install chromium fonts-noto-color-emoji`.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { createAuthority } from '../simulator/authority.ts';
import { type Platform, startPlatform } from '../simulator/platform.ts';
import { startProxy } from '../simulator/proxy.ts';
import { createJob } from '../simulator/runner.ts';
import { scenarios } from '../simulator/scenarios.ts';
import { chooseScenario, UsageError } from '../simulator/usage.ts';
import { type Card, summaryPage } from './summary-page.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDER = path.join(ROOT, 'screenshots');
const README_PICTURE = path.join(ROOT, 'docs', 'images', 'summary.png');
/** A host of Mondoo, because summaries link to the Console only for those. A proxy leads to the simulator instead. */
const ENDPOINT = 'https://us.api.mondoo.com';
const THEMES = ['light', 'dark'] as const;
const README_SCENARIOS = ['unauthenticated', 'registered'];

const names = process.argv.slice(2);
const folder = mkdtempSync(path.join(os.tmpdir(), 'screenshots-'));
const authority = await createAuthority();
const authorityFile = path.join(folder, 'authority.pem');
try {
  writeFileSync(authorityFile, authority.certificate);
  mkdirSync(FOLDER, { recursive: true });
  const summaries = new Map<string, string>();
  for (const { name } of names.length > 0 ? names.map(chooseScenario) : scenarios) {
    const summary = await summaryOf(name);
    summaries.set(name, summary);
    const cards = THEMES.map((theme) => ({ label: name, summary, theme }));
    takePicture(path.join(FOLDER, `${name}.png`), summaryPage(cards, true), 1);
  }
  if (names.length === 0) {
    mkdirSync(path.dirname(README_PICTURE), { recursive: true });
    const cards = README_SCENARIOS.map(
      (name): Card => ({ summary: summaries.get(name) ?? '', theme: 'light' }),
    );
    takePicture(README_PICTURE, summaryPage(cards, false), 1.5);
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`screenshots: ${error.message}`);
  process.exitCode = 2;
} finally {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function summaryOf(name: string): Promise<string> {
  const platform = await startPlatform({ tls: await authority.issue({ hosts: [new URL(ENDPOINT).host] }) });
  const proxy = await startProxy({ to: platform.endpoint });
  const {
    inputs,
    job: options,
    idTokens,
    releases,
  } = await chooseScenario(name).prepare(withMondooEndpoint(platform));
  const env = { HTTPS_PROXY: proxy.url, NO_PROXY: 'localhost,127.0.0.1', NODE_EXTRA_CA_CERTS: authorityFile };
  const job = await createJob({ ...options, env: { ...options?.env, ...env } });
  try {
    const main = await job.runMain({ inputs });
    await job.runPost(main);
    return withGitHubPaths(main.summary, job.folders.root);
  } finally {
    await Promise.all([job.dispose(), proxy.close(), platform.close(), idTokens?.close(), releases?.close()]);
  }
}

/** Makes credentials for a platform name Mondoo's endpoint. */
function withMondooEndpoint(platform: Platform): Platform {
  return {
    ...platform,
    endpoint: ENDPOINT,
    mint: (options) => platform.mint({ endpoint: ENDPOINT, ...options }),
    issueRegistrationToken: (options) => platform.issueRegistrationToken({ endpoint: ENDPOINT, ...options }),
    trust: (trust) => platform.trust({ endpoint: ENDPOINT, ...trust }),
  };
}

/** Replaces the paths and the address that nothing listens at by those that a user would see. */
function withGitHubPaths(summary: string, root: string): string {
  return summary
    .replace(/http:\/\/127\.0\.0\.1:\d+/g, ENDPOINT)
    .replace(/127\.0\.0\.1:\d+/g, new URL(ENDPOINT).host)
    .replaceAll(root, '/home/runner');
}

function takePicture(file: string, html: string, scale: number): void {
  const page = path.join(folder, 'page.html');
  writeFileSync(page, html);
  const { href } = pathToFileURL(page);
  // Chromium's window doesn't grow with the page, so ask for the page's height first.
  const [, height = '2000'] = /data-height="(\d+)"/.exec(chromium('--dump-dom', href)) ?? [];
  const size = `--window-size=900,${height}`;
  chromium(`--screenshot=${file}`, size, `--force-device-scale-factor=${scale}`, href);
  console.log(`screenshots: ${path.relative(ROOT, file)}, ${Math.ceil(statSync(file).size / 1000)} kB`);
}

function chromium(...options: string[]): string {
  const common = [
    '--headless',
    '--no-sandbox',
    '--disable-gpu',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--hide-scrollbars',
    '--window-size=900,600',
    `--user-data-dir=${path.join(folder, 'profile')}`,
  ];
  const program = process.env.CHROMIUM ?? 'chromium';
  try {
    return execFileSync(program, [...common, ...options], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 120_000,
    });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw new UsageError(`There is no ${program} on PATH. Install Chromium, or set CHROMIUM to its path.`);
  }
}

import path from 'node:path';
import { expect } from 'vitest';
import { documentedWorkflows } from '../../scripts/documented-workflows.ts';
import type { Event } from '../../simulator/events.ts';
import { type IdTokenServiceOptions, startIdTokenService } from '../../simulator/id-token-service.ts';
import { startProxy } from '../../simulator/proxy.ts';
import { startReleases } from '../../simulator/releases.ts';
import type { Step } from '../../simulator/runner.ts';
import { SPACE, workloadIdentity } from '../../simulator/scenarios.ts';
import { AUTHORITY_FILE, authority } from '../scenarios/faults/authority-file.ts';
import type { Stage } from '../scenarios/stage.ts';
import { githubCli } from './github-cli.ts';
import type { Circumstances, RanStep } from './job-runner.ts';
import { readWorkflow } from './workflow.ts';
import { type RanWorkflow, runWorkflow } from './workflow-runner.ts';

const GITHUB = 'https://token.actions.githubusercontent.com';
const PROXY = 'http://proxy.example.com:3128';

/** Differences between runs of a documented workflow. */
export interface RunOptions extends Pick<Circumstances, 'afterStep'> {
  /** Whether the platform has revoked the credentials. */
  isRevoked?: boolean;
  withSecrets?: boolean;
  /** Added to the default secrets, or replaces them. */
  secrets?: Record<string, string>;
  /** A file with the issues of the repository. */
  issues?: string;
  /** The subject that the platform trusts, and claims of the run's ID tokens. */
  subject?: string;
  claims?: IdTokenServiceOptions['claims'];
}

/** Finds a documented workflow by page and section; default: the first one there. */
export function documented(source: string, index = 0): string {
  const found = documentedWorkflows().filter((workflow) => workflow.source === source)[index];
  if (!found) throw new Error(`There is no workflow in ${source}.`);
  return found.text;
}

/** Runs a workflow against the stage's platform, in place of Mondoo's and of the company's proxy. */
export async function runDocumented(
  stage: Stage,
  text: string,
  event: Event,
  {
    withSecrets = true,
    secrets: more = {},
    isRevoked = false,
    issues,
    afterStep,
    ...tokens
  }: RunOptions = {},
): Promise<RanWorkflow> {
  const isProxied = text.includes(PROXY);
  // The action uses no proxy for plain http.
  const { platform, credentials } = isProxied ? await stage.another({ tls: await authority.issue() }) : stage;
  if (isRevoked) {
    platform.revoke(credentials.mrn);
    const message = 'request permission unauthenticated';
    platform.fault('AgentManager/PingPong', { kind: 'error', code: 16, message });
  }
  const proxy = isProxied ? stage.until(await startProxy({ to: platform.endpoint })) : undefined;
  const workflow = readWorkflow(
    text
      .replaceAll(/https:\/\/(us|eu)\.api\.mondoo\.com/g, platform.endpoint)
      .replaceAll('//captain.api.mondoo.app/spaces/<id>', SPACE)
      .replaceAll(PROXY, proxy?.url ?? PROXY),
  );
  const json = JSON.stringify(credentials, null, 2);
  const secrets: Record<string, string> = withSecrets
    ? {
        MONDOO_CREDENTIALS: json,
        ...(text.includes('AUDIT') && {
          MONDOO_AUDIT_CREDENTIALS: JSON.stringify(await platform.mint({ space: 'lunalectric-audit' })),
        }),
        MONDOO_SERVICE_ACCOUNT: Buffer.from(json).toString('base64'),
        MONDOO_REGISTRATION_TOKEN: await platform.issueRegistrationToken(),
        ...more,
      }
    : {};
  const releases = stage.until(await startReleases());
  const ran = await runWorkflow(stage, workflow, {
    event: isProxied ? { ...event, env: { ...event.env, NODE_EXTRA_CA_CERTS: AUTHORITY_FILE } } : event,
    secrets,
    vars: {
      MONDOO_WORKLOAD_IDENTITY: JSON.stringify(workloadIdentity(platform.endpoint, { issuer: GITHUB })),
    },
    updatesUrl: releases.url,
    idTokens: withSecrets ? await trustIdTokens(stage, tokens) : {},
    ...(issues !== undefined && { programs: { gh: githubCli(path.resolve(issues)) } }),
    ...(afterStep && { afterStep }),
  });
  if (proxy) expect(proxy.requests.length).toBeGreaterThan(0);
  return ran;
}

/** Lets the platform trust ID tokens, and lets a job request them. */
async function trustIdTokens(
  stage: Stage,
  { subject, claims = {} }: Pick<RunOptions, 'subject' | 'claims'>,
): Promise<Record<string, string>> {
  const { issuer, publicKey, env } = stage.until(await startIdTokenService({ claims }));
  const trust = { issuer, publicKey, audience: SPACE };
  stage.platform.trust(subject === undefined ? trust : { ...trust, subject });
  return env;
}

export function actionsOf({ steps }: RanWorkflow): Step[] {
  return steps.filter(({ step }) => step?.outputs.status !== undefined).map(({ step }) => step!);
}

export function scansOf({ steps }: RanWorkflow): RanStep[] {
  return steps.filter(
    ({ what, step }) => what.startsWith('mondoohq/') || step?.log.startsWith('cnspec scan '),
  );
}

/** The summary of the job: the text that all steps wrote. */
export function summaryOf({ steps }: RanWorkflow): string {
  return steps.map(({ step }) => step?.summary ?? '').join('');
}

export function logOf({ steps }: RanWorkflow): string {
  return steps.map(({ what, step }) => `▼ ${what}\n${step?.log ?? ''}`).join('');
}

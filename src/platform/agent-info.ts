import type { Host } from '../host.ts';

/** What runs here, in the platform's field names. */
export interface AgentInfo {
  platform_name: string;
  platform_release: string;
  platform_arch: string;
  platform_ip: string;
  platform_hostname: string;
  labels: Record<string, string>;
}

/**
 * Describes this job to the platform, for the client in the space's list.
 * The labels tell which run registered it. They stay out of mondoo.yml: cnspec would put them on every asset.
 */
export function agentInfo(host: Host, actionVersion: string, env: NodeJS.ProcessEnv): AgentInfo {
  const labels = {
    'register-cnspec/version': actionVersion,
    'github.com/repository': env.GITHUB_REPOSITORY,
    'github.com/workflow': env.GITHUB_WORKFLOW,
    'github.com/job': env.GITHUB_JOB,
    'github.com/run-id': env.GITHUB_RUN_ID,
    'github.com/sha': env.GITHUB_SHA,
    'github.com/ref': env.GITHUB_REF,
  };
  return {
    platform_name: host.platform.name,
    platform_release: host.platform.version,
    platform_arch: host.platform.arch,
    platform_ip: host.ip,
    platform_hostname: host.hostname,
    labels: Object.fromEntries(
      Object.entries(labels).filter((label): label is [string, string] => Boolean(label[1])),
    ),
  };
}

import type { Host } from '../util/host.ts';

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
 * @param labels say which run registered it; they stay out of mondoo.yml, as cnspec would put them on every asset
 */
export function agentInfo(host: Host, actionVersion: string, labels: Record<string, string>): AgentInfo {
  return {
    platform_name: host.platform.name,
    platform_release: host.platform.version,
    platform_arch: host.platform.arch,
    platform_ip: host.ip,
    platform_hostname: host.hostname,
    labels: { 'register-cnspec/version': actionVersion, ...labels },
  };
}

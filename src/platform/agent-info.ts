import manifest from '../../package.json' with { type: 'json' };
import type { Host } from '../util/host.ts';

export const VERSION = manifest.version;

export const USER_AGENT = `register-cnspec/${VERSION} (${process.platform}; ${process.arch})`;

export type AgentInfo = ReturnType<typeof agentInfo>;

/** @param labels stay out of mondoo.yml, as cnspec would put them on every asset */
export function agentInfo({ platform, ip, hostname }: Host, actionVersion: string, labels: Record<string, string>) {
  return {
    platform_name: platform.name,
    platform_release: platform.version,
    platform_arch: platform.arch,
    platform_ip: ip,
    platform_hostname: hostname,
    labels: { 'register-cnspec/version': actionVersion, ...labels },
  };
}

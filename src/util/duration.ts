const UNITS: Record<string, number> = { ns: 1e-6, us: 1e-3, µs: 1e-3, μs: 1e-3, ms: 1, s: 1e3, m: 60e3, h: 3600e3 };

/**
 * Parses a Go duration such as `1m30s`, `1.5h`, `-250ms` or `0`.
 * @returns milliseconds, or undefined if the text isn't a duration
 * @see https://pkg.go.dev/time#ParseDuration
 */
export function parseDuration(text: string): number | undefined {
  // A long text would keep the pattern busy.
  if (text.length > 64) return undefined;
  const match = /^([-+]?)(0|(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+)$/.exec(text);
  if (!match) return undefined;
  let total = 0;
  for (const [, number, unit] of match[2]!.matchAll(/([\d.]+)([^\d.]+)/g)) total += Number(number) * UNITS[unit!]!;
  return match[1] === '-' ? 0 - total : total;
}

/** Formats milliseconds as Go does, to the nanosecond: `72h0m6.277s`, `1.5s`, `250ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  const nanoseconds = Math.round(Math.abs(milliseconds) * 1e6);
  if (nanoseconds === 0) return '0s';
  if (nanoseconds < 1e3) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < 1e6) return `${sign}${nanoseconds / 1e3}µs`;
  if (nanoseconds < 1e9) return `${sign}${nanoseconds / 1e6}ms`;

  const rest = nanoseconds % 60e9;
  const minutes = (nanoseconds - rest) / 60e9;
  const hours = Math.floor(minutes / 60);
  return `${sign}${hours ? `${hours}h` : ''}${minutes ? `${minutes % 60}m` : ''}${(rest / 1e9).toFixed(9).replace(/\.?0+$/, '')}s`;
}

/**
 * Says where the runner's clock is, in words that follow "it is"; a long skew has them twice: `3 days, 71h59m59.7s`.
 * @param accuracy below this skew, in milliseconds, the clocks are in sync
 */
export function describeSkew(skew: number, accuracy = 2000): string {
  const distance = Math.abs(skew);
  if (distance < accuracy) return 'in sync';
  const hours = Math.round(distance / 3600e3);
  const [count, unit] = hours < 48 ? [hours, 'hour'] : [Math.round(hours / 24), 'day'];
  const words = distance >= 3600e3 ? `${count} ${unit}${count > 1 ? 's' : ''}, ` : '';
  return `${skew > 0 ? 'behind' : 'ahead of'} the platform's by ${words}${formatDuration(distance)}`;
}

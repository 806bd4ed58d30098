import { to } from '../../parts/address';

/** The lists behind the charts, as those screens read their addresses. */
const narrowed = (path: string, by: Record<string, string | number | undefined>): string => {
  const known = Object.entries(by).filter(([, value]) => value !== undefined).map(([name, value]): [string, string] => [name, String(value)]);
  return known.length > 0 ? `${path}?${new URLSearchParams(known)}` : path;
};

export const lists = {
  decisions: (app: string, by: Record<string, string | number | undefined> = {}) => narrowed(to.decisions(app), by),
  devices: (app: string, by: Record<string, string | undefined> = {}) => narrowed(to.devices(app), by),
  log: (app: string, types: string[], by: { from?: string; to?: string } = {}) => narrowed(to.log(app), { type: types.join(','), ...by }),
};

/** From the nth time until the next one; without n, from the first. */
export function period(times: Date[], n?: number): { from?: string; to?: string } {
  return { from: times[n ?? 0]?.toISOString(), to: n === undefined ? undefined : times[n + 1]?.toISOString() };
}

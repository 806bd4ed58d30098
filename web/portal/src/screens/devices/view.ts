import type { Schemas } from '../../api/client';
import type { paths } from '../../api/schema';
import { queryOf, useAddress } from '../../parts/use_address';

export type Filter = Omit<NonNullable<paths['/v1/apps/{app}/devices']['get']['parameters']['query']>, 'limit' | 'cursor' | 'user' | 'keyId'>;
export type Match = Schemas['IncidentMatch'];

/** What the list can be narrowed by, as it is called in the address and at the API. */
export const names = ['q', 'status', 'type', 'trusted', 'platform', 'keyStorage', 'country', 'riskFrom', 'riskTo', 'seenFrom', 'seenTo'] as const;
export type Name = (typeof names)[number];

export const platforms = ['web', 'android', 'ios', 'other'] as const;
export const storages = ['software', 'browser', 'hardware', 'attested'] as const;
export const types = ['desktop', 'laptop', 'mobile', 'tablet', 'browser', 'api_client', 'smart_tv', 'wearable'] as const;
export const statuses = ['active', 'pending', 'blocked', 'unbound'] as const;
export const sorts = ['lastUsed', 'created', 'risk', 'name'] as const;

export function useView() {
  const { asked, ...view } = useAddress(names, ['sort', 'bulk']);
  return { ...view, filter: queryOf<Filter>([...names, 'sort'], asked) };
}

export type View = ReturnType<typeof useView>;

/** The same devices as a match of an incident, which takes lists. */
export function matchOf({ q, status, type, trusted, platform, keyStorage, country, riskFrom, riskTo, seenFrom, seenTo }: Filter): Match {
  const list = <T,>(value: T | undefined) => (value === undefined ? undefined : [value]);
  return {
    beginsWith: q, status: list(status), deviceType: list(type), platform: list(platform), keyStorage: list(keyStorage), lastCountry: list(country),
    trusted: trusted === undefined ? undefined : String(trusted) === 'true',
    riskFrom: number(riskFrom), riskTo: number(riskTo),
    seenBetween: seenFrom || seenTo ? { from: seenFrom, to: seenTo } : undefined,
  };
}

const number = (text: number | string | undefined) => (text === undefined ? undefined : Number(text));

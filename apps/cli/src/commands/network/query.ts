import type { NetworkQuery } from '@fairlead/api';
import { type HostFlags, oneOf, toBoolean, toFilters } from '../../flags.js';

/** The filters of `docker network ls`, and those that only a fleet needs. */
export const LS_FILTERS = [
  'driver',
  'id',
  'label',
  'name',
  'scope',
  'type',
  'dangling',
  'project',
  'container',
  'address',
  'overlaps',
  'in-use',
  'unused-for',
  'simulated',
  'freshness',
] as const;

export const FRESHNESS = ['live', 'stale', 'offline'] as const;

type Query = { -readonly [K in keyof NetworkQuery]?: NetworkQuery[K] };

/** What `--filter` and the host flags ask for. Repeated drivers, scopes and labels add up; others hold once. */
export function toNetworkQuery(filters: readonly string[] | undefined, flags: HostFlags): Query {
  const query: Query = { host: flags.host ?? [], on: flags.on };
  for (const { key, value } of toFilters(filters, LS_FILTERS)) apply(query, key, value);
  return query;
}

function apply(query: Query, key: string, value: string): void {
  if (key === 'driver') query.driver = [...(query.driver ?? []), value];
  else if (key === 'label') query.label = [...(query.label ?? []), value];
  else if (key === 'scope') query.scope = [...(query.scope ?? []), oneOf(key, value, ['local', 'swarm', 'global'])];
  else if (key === 'freshness') {
    query.freshness = [...(query.freshness ?? []), oneOf(key, value, FRESHNESS)];
  } else if (key === 'type') query.predefined = oneOf(key, value, ['custom', 'builtin']) === 'builtin';
  else if (key === 'dangling') query.inUse = !toBoolean(key, value);
  else if (key === 'in-use') query.inUse = toBoolean(key, value);
  else if (key === 'unused-for') query.unusedFor = value;
  else if (key === 'simulated') query.simulated = toBoolean(key, value);
  else if (key === 'name') query.name = toGlob(value);
  else query[key as 'id' | 'project' | 'container' | 'address' | 'overlaps'] = value;
}

/** docker's name filter fits anywhere in the name unless `^` or `$` holds it; `*` and `?` are ours. */
export function toGlob(text: string): string {
  if (/[*?]/.test(text)) return text;
  const [, start = '', middle = '', end = ''] = /^(\^?)(.*?)(\$?)$/s.exec(text) ?? [];
  return `${start === '' ? '*' : ''}${middle}${end === '' ? '*' : ''}`;
}

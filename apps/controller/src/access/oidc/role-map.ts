import { FairleadError, isRole, parseSelector, type Role } from '@fairlead/domain';

/** What holders of one value of the role claim may do. */
export interface RoleMapping {
  readonly value: string;
  readonly role: Role;
  /** Selector of hosts; empty: all. */
  readonly hosts: string;
}

const ENTRY = /^(.+?)=(viewer|operator|admin)(?::(.*))?$/;

/**
 * Reads `fleet-admins=admin,team-a=operator:team=a`: what the claim says, the role, and behind a colon the selector of
 * hosts. Where a selector or a name has a comma, all entries are parted by semicolons.
 * @throws FairleadError `invalid_argument`, naming the entry
 */
export function parseRoleMap(text: string): RoleMapping[] {
  const entries = text.split(text.includes(';') ? ';' : ',').map((entry) => entry.trim());
  const mappings = entries.filter((entry) => entry !== '').map(parseEntry);
  if (mappings.length > 0) return mappings;
  throw new FairleadError('invalid_argument', 'The role map is empty: nobody could sign in');
}

function parseEntry(entry: string): RoleMapping {
  const [, value, role, hosts = ''] = ENTRY.exec(entry) ?? [];
  if (value === undefined || role === undefined || !isRole(role)) {
    throw new FairleadError('invalid_argument', `'${entry}' is not an entry of a role map`, {
      hint: 'Write VALUE=ROLE or VALUE=ROLE:SELECTOR, joined by commas; by semicolons where a selector has commas.',
    });
  }
  parseSelector(hosts);
  return { value: value.trim(), role, hosts: hosts.trim() };
}

/** The first mapping that fits, so that the order of the map is the order of rank. */
export const mappingFor = (values: readonly string[], map: readonly RoleMapping[]): RoleMapping | undefined =>
  map.find(({ value }) => values.includes(value));

/** The values of a claim: a text, or a list of texts; `realm_access.roles` is looked for in depth too. */
export function claimValues(claims: Readonly<Record<string, unknown>>, name: string): readonly string[] | undefined {
  const found = Object.hasOwn(claims, name) ? claims[name] : name.split('.').reduce<unknown>(step, claims);
  if (typeof found === 'string') return [found];
  return Array.isArray(found) ? found.filter((value) => typeof value === 'string') : undefined;
}

function step(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

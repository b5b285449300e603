import { describe, expect, it } from '@jest/globals';
import { claimValues, mappingFor, parseRoleMap } from './role-map.js';

describe('a role map', () => {
  it('says for each value of the claim the role and the hosts', () => {
    expect(parseRoleMap('fleet-admins=admin, team-a=operator:team=a')).toEqual([
      { value: 'fleet-admins', role: 'admin', hosts: '' },
      { value: 'team-a', role: 'operator', hosts: 'team=a' },
    ]);
  });

  it('is parted by semicolons where selectors or names have commas', () => {
    expect(parseRoleMap('cn=ops,ou=x=operator:env=prod,zone in (a, b);all=viewer;')).toEqual([
      { value: 'cn=ops,ou=x', role: 'operator', hosts: 'env=prod,zone in (a, b)' },
      { value: 'all', role: 'viewer', hosts: '' },
    ]);
  });

  it('takes the role and not a label that is called like one', () => {
    expect(parseRoleMap('ops=viewer:env=admin')).toEqual([{ value: 'ops', role: 'viewer', hosts: 'env=admin' }]);
  });

  it.each(['', ' , ', 'ops', 'ops=', 'ops=root', '=admin', 'ops=operator:env=prod,zone=a', 'ops=operator:=='])(
    'is refused as a whole where an entry is none: %j',
    (text) => {
      expect(() => parseRoleMap(text)).toThrow();
    },
  );

  it('is read from the top: the first entry that fits counts', () => {
    const map = parseRoleMap('admins=admin,ops=operator,all=viewer');
    expect(mappingFor(['all', 'ops'], map)?.role).toBe('operator');
    expect(mappingFor(['ADMINS', 'admin', ''], map)).toBeUndefined();
  });
});

describe('a claim', () => {
  it.each([
    [{ roles: 'ops' }, 'roles', ['ops']],
    [{ roles: ['a', 1, null, 'b'] }, 'roles', ['a', 'b']],
    [{ realm_access: { roles: ['a'] } }, 'realm_access.roles', ['a']],
    [{ 'https://x.example/roles': ['a'] }, 'https://x.example/roles', ['a']],
    [{ roles: { a: 'b' } }, 'roles', undefined],
    [{}, 'constructor', undefined],
    [{}, '__proto__.x', undefined],
    [{ roles: 'x' }, 'roles.length', undefined],
  ])('of %j called %s says %j', (claims, name, values) => {
    expect(claimValues(claims, name)).toEqual(values);
  });
});

import { policy, policySpec, type PolicyView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { toYaml } from '../../output/format.js';
import { readPolicyFile } from './policy-file.js';

const faultsOf = (text: string): string[] => {
  try {
    readPolicyFile(text, 'policy.yaml');
  } catch (error) {
    if (error instanceof FairleadError) return (error.faults ?? []).map(({ path, message }) => `${path}: ${message}`);
    throw error;
  }
  return [];
};

describe('a policy in a file', () => {
  it('is a name and what the policy says, side by side, with the usual values for what is left out', () => {
    const text = 'name: nightly\nhosts: env!=prod\nmatch:\n  - drivers: [bridge]\nschedule:\n  when: 0 2 * * *\n';
    const said = { hosts: 'env!=prod', match: [{ drivers: ['bridge'] }], schedule: { when: '0 2 * * *' } };
    expect(readPolicyFile(text, 'policy.yaml')).toMatchObject({ name: 'nightly', spec: policySpec.parse(said) });
  });

  it('may be JSON', () => {
    expect(readPolicyFile('{"unusedFor": "7d", "matchAll": true}', 'policy.json').spec).toEqual(
      policySpec.parse({ unusedFor: '7d', matchAll: true }),
    );
  });

  it('may be what `policy inspect -o yaml` has shown', () => {
    const view = policy.meta()?.['example'] as PolicyView;
    const { name, version, spec } = readPolicyFile(toYaml(view), 'policy.yaml');
    expect({ name, version, spec }).toEqual({ name: view.name, version: view.version, spec: view.spec });
    expect(readPolicyFile(toYaml(view.spec), 'policy.yaml').spec).toEqual(view.spec);
  });
});

describe('what is wrong in a file is told with line and column', () => {
  it('all of it at once, in the order of the lines', () => {
    const text = [
      'name: nightly',
      'hosts: env prod',
      'match:',
      '  - driver: bridge',
      '  - scopes: [here]',
      '    prefix: { min: 28, max: 24 }',
      'unusedFor: 14 days',
      'minAge: 14',
      'mode: aply',
      'schedule:',
      '  zone: Europe/Berlin',
      '  window: { from: 1am, to: "05:00" }',
      'caps: 20',
      'exempts: []',
    ].join('\n');
    expect(faultsOf(text)).toEqual([
      expect.stringMatching(/^policy\.yaml:2:8: hosts: 'env prod' is not a term of a label selector\. Write terms/),
      "policy.yaml:4:5: there is no field 'match.0.driver'; did you mean drivers?",
      'policy.yaml:5:14: match.1.scopes.0: must be one of local, swarm, global',
      'policy.yaml:6:13: match.1.prefix: min is above max',
      expect.stringMatching(/^policy\.yaml:7:12: unusedFor: '14 days' is not a duration\. Write a number and a unit/),
      'policy.yaml:8:9: minAge: must be a text, not 14',
      'policy.yaml:9:7: mode: must be one of report, approve, apply',
      'policy.yaml:11:3: schedule.when: is missing',
      'policy.yaml:12:19: schedule.window.from: is not a time such as 02:30',
      'policy.yaml:13:7: caps: must be a table of fields, not 20',
      "policy.yaml:14:1: there is no field 'exempts'; did you mean exempt?",
    ]);
  });

  it.each([
    ['', 'policy.yaml:1:1: this is not a policy: it has no fields'],
    ['- a', 'policy.yaml:1:1: this is not a policy: it has no fields'],
    ['hosts: a\nhosts: b', 'policy.yaml:2:1: this is not YAML: Map keys must be unique'],
    ['hosts: a: b', 'policy.yaml:1:8: this is not YAML: Nested mappings are not allowed in compact mappings'],
    ['matchAll: yes', 'policy.yaml:1:11: matchAll: must be true or false, not "yes"'],
    ['hosts: a\n---\nhosts: b', 'policy.yaml:2:1: here another document begins: one policy a file'],
    ['caps: { networks: 1e309 }', 'policy.yaml:1:19: caps.networks: must be a number, not 1e309'],
    ['hosts: !!binary aGVsbG8=', 'policy.yaml:1:17: hosts: must be a text, not binary data'],
    ['canary: a b', "policy.yaml:1:9: canary: 'a b' is not a term of a label selector"],
    ['spec:\n  unusedfor: 1d', "policy.yaml:2:3: there is no field 'spec.unusedfor'; did you mean unusedFor?"],
    ['name: Nightly', 'policy.yaml:1:7: name: is not 1 to 63 small letters, digits and dashes'],
    ['hosts: *a', 'policy.yaml:1:1: this is not YAML: Unresolved alias'],
    ['match: &a [*a]', 'policy.yaml:1:12: match.0: must be a table of fields'],
  ])('%j', (text, fault) => expect(faultsOf(text)).toEqual([expect.stringContaining(fault)]));

  it('also what only the controller can know', () => {
    const text = 'name: nightly\nschedule:\n  when: 0 2 31 2 *\n  zone: Europe/Bärlin\n';
    const faults = [
      { path: '/spec/schedule/when', message: 'never comes' },
      { path: '/spec/schedule/zone', message: 'is no time zone' },
    ];
    const refused = new FairleadError('invalid_argument', 'The policy is not valid', { faults });
    expect(readPolicyFile(text, 'policy.yaml').explain(refused, {})).toMatchObject({
      faults: [
        { path: 'policy.yaml:3:9', message: 'schedule.when: never comes' },
        { path: 'policy.yaml:4:9', message: 'schedule.zone: is no time zone' },
      ],
    });
    const taken = new FairleadError('already_exists', 'There is a policy of that name');
    expect(readPolicyFile(text, 'policy.yaml').explain(taken, {})).toBe(taken);
  });
});

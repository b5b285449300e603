import { networkRule } from '@fairlead/api';
import { describe, expect, it } from '@jest/globals';
import { parseRule } from './rule-terms.js';

const rule = (said: object) => networkRule.parse(said);

describe('a rule in one line', () => {
  it.each([
    ['driver=bridge', { drivers: ['bridge'] }],
    ['driver=bridge,driver=macvlan', { drivers: ['bridge', 'macvlan'] }],
    ['name=ci-*,project=infra-*', { names: ['ci-*'], projects: ['infra-*'] }],
    ['name=a=b', { names: ['a=b'] }],
    ['name=a(b,driver=bridge', { names: ['a(b'], drivers: ['bridge'] }],
    ['label=keep', { labels: 'keep' }],
    ['label=!keep', { labels: '!keep' }],
    ['label=team=web,label=env!=prod', { labels: 'team=web,env!=prod' }],
    ['label=team in (a, b),driver=bridge', { labels: 'team in (a, b)', drivers: ['bridge'] }],
    ['label=name=x,name=y', { labels: 'name=x', names: ['y'] }],
    ['scope=local, scope=swarm', { scopes: ['local', 'swarm'] }],
    ['prefix=24', { prefix: { min: 24, max: 24 } }],
    ['prefix=24-28', { prefix: { min: 24, max: 28 } }],
    ['prefix=/24-/28', { prefix: { min: 24, max: 28 } }],
  ])('%s', (text, said) => expect(parseRule(text)).toEqual(rule(said)));

  it.each([
    ['', 'is not KEY=VALUE'],
    ['bridge', "'bridge' is not KEY=VALUE"],
    ['driver=', 'is not KEY=VALUE'],
    ['driver=bridge,', 'is not KEY=VALUE'],
    ['driver=bridge,,name=x', 'is not KEY=VALUE'],
    ['label=team in (a', 'is not KEY=VALUE'],
    ['label=,driver=x', 'is not KEY=VALUE'],
    ['label=a b', 'is not a term of a label selector'],
    ['scope=here', "not 'here'"],
    ['prefix=28-24', 'is not the prefix of a rule'],
    ['prefix=129', 'is not the prefix of a rule'],
    ['prefix=24,prefix=25', 'is not the prefix of a rule'],
    ['prefix=x', 'is not the prefix of a rule'],
  ])('refuses %j', (text, message) => expect(() => parseRule(text)).toThrow(message));

  it('says what may have been meant where a label has no word of its own', () => {
    expect(() => parseRule('label=keep,team=web')).toThrow(
      expect.objectContaining({
        message: "'team' is none of driver, name, label, project, scope, prefix",
        hint: expect.stringContaining('label=team=web'),
      }),
    );
  });
});

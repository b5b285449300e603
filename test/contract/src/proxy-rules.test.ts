import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ALLOWED_CALLS, findAllowed, pathPattern } from '@fairlead/engine';
import { allowedSamples, bodyMisses, type CallSample, nearMisses } from '@fairlead/engine/conformance';

const root = join(import.meta.dirname, '../../..');
const folder = join(root, 'docs/examples/socket-proxy');
const published = (name: string): string => readFileSync(join(folder, name), 'utf8');
const guide = readFileSync(join(root, 'docs/guides/socket-proxy.md'), 'utf8');
const security = readFileSync(join(root, 'docs/security.md'), 'utf8');

type Calls = typeof ALLOWED_CALLS;
const { renderProxyRules, renderSecurityPage } = (await import(join(root, 'tools/generate-proxy-rules.mjs'))) as {
  renderProxyRules: (calls: Calls, pattern: typeof pathPattern) => Readonly<Record<string, string>>;
  renderSecurityPage: (page: string, calls: Calls) => Promise<string>;
};

/** Whether a set of rules lets a request through. */
type Lets = (request: CallSample) => boolean;

/** As HAProxy reads its rules: from the first to the last, on the path as it was sent. */
function haproxy(text: string): Lets {
  const rules = Array.from(
    text.matchAll(
      /^ +http-request allow if \{ method (\w+) \} \{ pathq -m reg '([^']+)' \}(?: \{ req\.body -m reg '([^']+)' \})?$/gm,
    ),
    ([, method, target = '', body = '']) => ({ method, target: new RegExp(target), body: new RegExp(body) }),
  );
  if (rules.length !== text.match(/http-request allow/g)?.length) throw new Error('a rule is not understood');
  if (!/^ +http-request allow .*\n +http-request deny\n +use_backend/m.test(text))
    throw new Error('the rest is not denied');
  return ({ method, target, body }) =>
    rules.some((rule) => rule.method === method && rule.target.test(target) && rule.body.test(body));
}

/** As wollomatic/socket-proxy does: `^` and `$` around each pattern, on the decoded path, whatever the query. */
function wollomatic(text: string): Lets {
  const rules = Array.from(text.matchAll(/^ +- '-allow([A-Z]+)=(.+)'$/gm), ([, method, pattern = '']) => ({
    method,
    path: new RegExp(`^${pattern}$`),
  }));
  return ({ method, target }) => {
    const path = decoded(target.split('?')[0] ?? '');
    return path !== undefined && rules.some((rule) => rule.method === method && rule.path.test(path));
  };
}

/** As Tecnativa/docker-socket-proxy does: GET and HEAD unless POST is open, and sections by how the path begins. */
function tecnativa(text: string): Lets {
  const open = new Set(['EVENTS', 'PING', 'VERSION', ...Array.from(text.matchAll(/^(\w+)=1$/gm), ([, name]) => name)]);
  return ({ method, target }) => {
    if (method !== 'GET' && method !== 'HEAD' && !open.has('POST')) return false;
    const path = decoded(target.split('?')[0] ?? '') ?? '';
    const section = /^(?:\/v[\d.]+)?\/(_ping|[a-z]+)/i.exec(path)?.[1]?.replace('_', '').toUpperCase() ?? '';
    return [...open].some((name) => name !== 'POST' && section.startsWith(name ?? ''));
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined; // Go's server and HAProxy's `url_dec` refuse it
  }
}

const refusedOf = (lets: Lets, samples: readonly CallSample[]): string[] =>
  samples.filter((sample) => !lets(sample)).map(({ method, target, body }) => `${method} ${target} ${body}`);
const passedOf = (lets: Lets, samples: readonly CallSample[]): string[] =>
  samples.filter(lets).map(({ method, target, body }) => `${method} ${target} ${body}`);

const isProbe = ({ target }: CallSample): boolean => target.startsWith('/exec/') || target.endsWith('/exec');
const isRead = ({ method }: CallSample): boolean => method === 'GET';
const withoutProbe = (sample: CallSample): boolean => !isProbe(sample);
const readOnly = (sample: CallSample): boolean => isRead(sample) && !isProbe(sample);
const all = (): boolean => true;

describe('the samples', () => {
  it('are many, and hold what they are to hold', () => {
    expect(allowedSamples().length).toBeGreaterThan(60);
    expect(nearMisses().length).toBeGreaterThan(1_500);
    expect(nearMisses()).toContainEqual({ method: 'POST', target: '/containers/create', body: '{}' });
  });
});

describe('the rules for socket proxies', () => {
  it('are made of the calls', () => {
    const made = renderProxyRules(ALLOWED_CALLS, pathPattern);
    for (const [name, text] of Object.entries(made)) expect([name, published(name)]).toEqual([name, text]);
    expect(readdirSync(folder).sort()).toEqual(Object.keys(made).sort());
  });

  it('would not match if a call were added', () => {
    const more = [...ALLOWED_CALLS, { ...ALLOWED_CALLS[0]!, path: '/images/json' }];
    expect(renderProxyRules(more, pathPattern)['haproxy.cfg']).not.toBe(published('haproxy.cfg'));
  });

  it.each([
    ['haproxy.cfg', all],
    ['haproxy-without-probe.cfg', withoutProbe],
    ['haproxy-read-only.cfg', readOnly],
  ])('%s lets exactly these calls through', (name, isOpen) => {
    const lets = haproxy(published(name));
    expect(refusedOf(lets, allowedSamples().filter(isOpen))).toEqual([]);
    expect(
      passedOf(
        lets,
        allowedSamples().filter((sample) => !isOpen(sample)),
      ),
    ).toEqual([]);
    expect(passedOf(lets, nearMisses())).toEqual([]);
    expect(passedOf(lets, bodyMisses())).toEqual([]);
  });

  it.each([
    ['wollomatic.compose.yaml', all],
    ['wollomatic-without-probe.compose.yaml', withoutProbe],
    ['wollomatic-read-only.compose.yaml', readOnly],
  ])('%s lets exactly these methods and paths through, with any query', (name, isOpen) => {
    const lets = wollomatic(published(name));
    expect(refusedOf(lets, allowedSamples().filter(isOpen))).toEqual([]);
    expect(
      passedOf(
        lets,
        allowedSamples().filter((sample) => !isOpen(sample)),
      ),
    ).toEqual([]);
    const isOtherPath = ({ method, target }: CallSample): boolean =>
      findAllowed({ method, path: decoded(target.split('?')[0] ?? '') ?? '' }) === undefined;
    expect(passedOf(lets, nearMisses().filter(isOtherPath))).toEqual([]);
  });

  it.each([
    ['tecnativa.env', all],
    ['tecnativa-without-probe.env', withoutProbe],
    ['tecnativa-read-only.env', readOnly],
  ])('%s lets at least these calls through', (name, isOpen) => {
    expect(refusedOf(tecnativa(published(name)), allowedSamples().filter(isOpen))).toEqual([]);
  });

  it.each(['tecnativa.env', 'tecnativa-without-probe.env', 'tecnativa-read-only.env'])(
    'the guide is right in what else %s lets through, and what it does not',
    (name) => {
      const [, passes = '', refuses = ''] =
        new RegExp(`^\\| \`${name.replace('.', '\\.')}\` +\\|([^|]+)\\|([^|]+)\\|$`, 'm').exec(guide) ?? [];
      const calls = (cell: string): CallSample[] =>
        Array.from(cell.matchAll(/`([A-Z]+) (\/[^`]*)`/g), ([, method = '', path = '']) => ({
          method,
          target: path.replaceAll('{id}', 'c1'),
          body: '',
        }));
      expect(calls(passes).length).toBeGreaterThan(2);
      expect(calls(refuses).length).toBeGreaterThan(2);
      expect(refusedOf(tecnativa(published(name)), calls(passes))).toEqual([]);
      expect(passedOf(tecnativa(published(name)), calls(refuses))).toEqual([]);
    },
  );

  it('are named in the guide, each of them, and nothing else is', () => {
    const named = Array.from(guide.matchAll(/examples\/socket-proxy\/([\w.-]+)/g), ([, name = '']) => name);
    expect([...new Set(named)].filter((name) => !existsSync(join(folder, name)))).toEqual([]);
    expect([...new Set(named)].sort()).toEqual(readdirSync(folder).sort());
  });
});

describe('docs/security.md', () => {
  it('has exactly the calls that the agent may send, and says what for', async () => {
    expect(security).toBe(await renderSecurityPage(security, ALLOWED_CALLS));
  });

  it('would not match if a call were added', async () => {
    const more = [...ALLOWED_CALLS, { ...ALLOWED_CALLS[0]!, path: '/images/json' }];
    expect(security).not.toBe(await renderSecurityPage(security, more));
  });
});

describe('the commands that calls are made for', () => {
  it("are methods of the agent's service, all of them", () => {
    const proto = readFileSync(join(root, 'proto/fairlead/agent/v1/network_service.proto'), 'utf8');
    const methods = Array.from(proto.matchAll(/^ {2}rpc (\w+)/gm), ([, method]) => method);
    expect([...new Set(ALLOWED_CALLS.flatMap(({ rpcs }) => rpcs))].sort()).toEqual(methods.sort());
  });
});

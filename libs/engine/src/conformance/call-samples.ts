import { ALLOWED_CALLS, type AllowedCall, findAllowed } from '../docker/calls.js';

/** A request as it stands on the wire. */
export interface CallSample {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  /** JSON; empty: none. */
  readonly body: string;
}

/** A probe's program, as the agent starts it in a container. */
export const probeBody = (...argv: string[]): string =>
  JSON.stringify({ Cmd: argv, AttachStdout: true, AttachStderr: true, AttachStdin: false, Tty: false });

const HEX = '0123456789abcdef'.repeat(4);
const IDS = ['a', 'Z', '0', 'web-1', 'shop_db.2', HEX, HEX.slice(0, 12), 'x1k9w2p4q8z7a5b3c1d0e9f8g', 'x'.repeat(255)];

const bodyOf = ({ body }: AllowedCall): string => {
  if (body.length === 0) return '';
  return body.includes('Cmd') ? probeBody('ping', '-c', '3', '-W', '2', 'fd00::5') : '{"Name":"n1"}';
};
const queryOf = ({ query }: AllowedCall): string =>
  query.length === 0 ? '' : `?${query.map((key) => `${key}=%7B%22type%22%3A%5B%22network%22%5D%7D`).join('&')}`;

/** Every call of the closed set, with ids of every form. Socket proxies have to let all of these through. */
export function allowedSamples(): CallSample[] {
  return ALLOWED_CALLS.flatMap((call) => {
    const paths = call.path.includes('{id}') ? IDS.map((id) => call.path.replace('{id}', id)) : [call.path];
    return paths.map((path) => ({ method: call.method, target: path + queryOf(call), body: bodyOf(call) }));
  });
}

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** In the place of an id: none of these is one. */
const NO_IDS = [
  ...['', '.', '..', '-x', '_x', '.x', 'a/b', '../x', 'x/..', '%2e%2e', '%2E%2E%2Fcontainers', 'a%2Fb', 'a%00', '%0a'],
  ...['a%20b', 'a;b', 'a:b', 'a@b', 'a,b', '~a', "a'b", 'a%', 'x'.repeat(256), 'c1/logs', 'c1/archive', 'c1/start'],
];

const misspell = (path: string): string[] => [
  ...[`/v1.41${path}`, `/v1.41/..${path}`, `/${path}`, `${path}/`, `${path}x`, `${path}/x`, `/x${path}`, `${path}/..`],
  ...[`${path}%2f`, path.toUpperCase(), path.replace(/.$/, ''), `/containers/..${path}`, `${path}/../../images/json`],
];

/** What one would send who had taken over the agent. */
const DANGEROUS = [
  ...['POST /containers/create', 'POST /containers/c1/start', 'POST /containers/c1/stop', 'POST /containers/c1/kill'],
  ...[
    'POST /containers/c1/update',
    'POST /containers/c1/attach',
    'GET /containers/c1/attach/ws',
    'GET /containers/c1/logs',
  ],
  ...['GET /containers/c1/archive?path=/etc', 'PUT /containers/c1/archive?path=/etc', 'GET /containers/c1/export'],
  ...['GET /containers/c1/top', 'POST /containers/c1/rename?name=x', 'DELETE /containers/c1', 'POST /containers/prune'],
  ...['POST /exec/e1/resize', 'POST /networks/prune', 'GET /images/json', 'POST /images/create?fromImage=x'],
  ...['DELETE /images/x', 'POST /images/load', 'POST /build', 'POST /commit?container=c1', 'GET /volumes'],
  ...['POST /volumes/create', 'DELETE /volumes/v1', 'GET /secrets', 'GET /configs', 'POST /swarm/init', 'GET /swarm'],
  ...['POST /swarm/leave?force=1', 'GET /services', 'POST /services/create', 'GET /nodes', 'GET /tasks', 'POST /auth'],
  ...['GET /plugins', 'POST /plugins/pull?remote=x', 'GET /system/df', 'POST /session', 'POST /grpc', 'GET /'],
].map((text) => {
  const [method = '', target = ''] = text.split(' ');
  return { method, target, body: method === 'POST' ? '{}' : '' };
});

/** Bodies that would run something else than a probe's programs, or run it with other rights. */
const NO_PROBES = [
  ...['', '{}', '[]', probeBody(), probeBody('sh', '-c', 'id'), probeBody('/bin/ping', 'x'), probeBody('ping', 'a b')],
  ...[probeBody('ping', '$(id)'), probeBody('ping', ''), probeBody('pingx', 'a'), `${probeBody('ping', 'a')}{}`],
  probeBody('ping', 'a').replace('}', ',"Privileged":true}'),
  probeBody('ping', 'a').replace('{', '{"User":"0",'),
  probeBody('ping', 'a').replace('"AttachStdin":false', '"AttachStdin":true'),
  probeBody('ping', 'a').replace('"Tty":false}', '"Tty":false,"Cmd":["sh"]}'),
].map((body) => ({ method: 'POST', target: '/containers/c1/exec', body }));

/** What a socket proxy that reads only method, path and query has to refuse. All of it is outside of the closed set. */
export function nearMisses(): CallSample[] {
  const candidates = allowedSamples().filter(({ target }) => !target.includes('x'.repeat(255)));
  const missed = [
    ...candidates.flatMap(({ target, body }) => METHODS.map((method) => ({ method, target, body }))),
    ...candidates.flatMap((sample) => {
      const [path = '', query = ''] = sample.target.split('?');
      const rest = query === '' ? '' : `?${query}`;
      return misspell(path).map((wrong) => ({ ...sample, target: wrong + rest }));
    }),
    ...candidates.map((sample) => ({
      ...sample,
      target: `${sample.target}${sample.target.includes('?') ? '&' : '?'}x=1`,
    })),
    ...ALLOWED_CALLS.filter(({ path }) => path.includes('{id}')).flatMap((call) =>
      NO_IDS.map((id) => ({ method: call.method, target: call.path.replace('{id}', id), body: bodyOf(call) })),
    ),
    ...DANGEROUS,
  ];
  return missed.filter((sample) => !isAllowed(sample));
}

/** What a socket proxy that reads bodies has to refuse beside the near misses. */
export const bodyMisses = (): CallSample[] => NO_PROBES;

function isAllowed({ method, target }: CallSample): boolean {
  const [path = '', query] = target.split('?');
  const keys = Object.fromEntries(
    (query ?? '')
      .split('&')
      .filter(Boolean)
      .map((part) => [part.split('=')[0] ?? '', '']),
  );
  return findAllowed({ method, path, query: keys }) !== undefined;
}

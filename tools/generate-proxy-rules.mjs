/**
 * Writes what is made of the closed set of engine calls (`libs/engine/src/docker/calls.ts`): the rules for socket
 * proxies in `docs/examples/socket-proxy`, and the table of `docs/security.md`. The result is committed; `--check`
 * compares instead of writing and fails where the two differ.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'prettier';

const root = join(import.meta.dirname, '..');
const folder = 'docs/examples/socket-proxy';
const style = JSON.parse(readFileSync(join(root, '.prettierrc.json'), 'utf8'));

const MADE =
  '# Made by `node tools/generate-proxy-rules.mjs` from libs/engine/src/docker/calls.ts: edit that, not this file.';
const GUIDE = '# docs/guides/socket-proxy.md says how it is used.';

/** Whether a call is made by probes alone. */
export const isOfProbe = ({ rpcs }) => rpcs.every((rpc) => rpc === 'Probe');

/** What may stand after the path. Values are free: an engine's reads cannot be made to do something by them. */
const queryPattern = ({ query }) => (query.length === 0 ? '' : `\\?${query.map((key) => `${key}=[^&]*`).join('&')}`);

/**
 * The body that starts a probe's program, as the agent writes it, to the last sign. Who could write another one could
 * run anything in any container, with `Privileged` also on the host.
 */
const PROBE_BODY =
  '\\{"Cmd":\\["(getent|nslookup|ping)"(,"[A-Za-z0-9_.:-]{1,253}")*\\],' +
  '"AttachStdout":true,"AttachStderr":true,"AttachStdin":false,"Tty":false\\}';

const HAPROXY_HEAD = `${MADE}
${GUIDE}
#
# HAProxy 2.4 or newer (tested with 2.6). One rule for each call of Fairlead's agent, on method, path and query, and on the body where a
# body could do more than networks; all else is 403.
# From the environment: LISTEN (a path for the socket of the proxy), AGENT_USER (who may use it), ENGINE_SOCKET
# (/run/docker.sock), PROXY_USER and PROXY_GROUP (what HAProxy becomes; the group may use the engine's socket).

global
    user "\${PROXY_USER}"
    group "\${PROXY_GROUP}"
    maxconn 200

defaults
    mode http
    timeout connect 5s
    timeout http-request 10s
    # Longer than the agent waits for any answer (120 s).
    timeout client 150s
    timeout server 150s
    # What the agent no longer waits for is not waited for here either; an engine that is frozen would fill this up.
    option abortonclose
    # A rule can read a body.
    option http-buffer-request

backend engine
    server engine "unix@\${ENGINE_SOCKET}"

backend events
    # They may be silent for long.
    timeout server 24d
    server engine "unix@\${ENGINE_SOCKET}"

frontend agent
    bind "unix@\${LISTEN}" mode 600 user "\${AGENT_USER}"
    # The agent never asks for another protocol.
    http-request deny if { req.hdr(upgrade) -m found }
`;

function haproxyRule(call, pattern) {
  const path = `{ pathq -m reg '^${pattern(call)}${queryPattern(call)}$' }`;
  const body = call.body.includes('Cmd') ? ` { req.body -m reg '^${PROBE_BODY}$' }` : '';
  return `    http-request allow if { method ${call.method} } ${path}${body}`;
}

function renderHaproxy(calls, pattern) {
  return `${HAPROXY_HEAD}${calls.map((call) => haproxyRule(call, pattern)).join('\n')}\n${HAPROXY_TAIL}`;
}

const HAPROXY_TAIL = `    http-request deny
    use_backend events if { path /events }
    default_backend engine
`;

/**
 * One pattern a method, for any version: several \`-allowGET\` are read since 1.12 only. The parentheses are needed,
 * because the proxy puts \`^\` before and \`$\` behind, and they would hold for the first and last alternative alone.
 */
export function wollomaticPatterns(calls, pattern) {
  const methods = [...new Set(calls.map(({ method }) => method))];
  return methods.map((method) => [
    method,
    `(${calls
      .filter((call) => call.method === method)
      .map(pattern)
      .join('|')})`,
  ]);
}

function renderWollomatic(calls, pattern) {
  const rules = wollomaticPatterns(calls, pattern).map(([method, text]) => `      - '-allow${method}=${text}'`);
  return `${MADE}
${GUIDE}
#
# wollomatic/socket-proxy. It looks at method and path, not at the query.
# DOCKER_GROUP: the number of the group that may use the engine's socket. AGENT_USER: the number of the agent's user.

services:
  socket-proxy:
    image: wollomatic/socket-proxy:1
    restart: unless-stopped
    user: '\${AGENT_USER:?}:\${DOCKER_GROUP:?}'
    network_mode: none
    read_only: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges]
    command:
      - '-loglevel=info'
      # The engine's socket is another one after the engine has started again.
      - '-watchdoginterval=60'
      - '-stoponwatchdog'
      - '-proxysocketendpoint=/run/fairlead-engine/docker.sock'
${rules.join('\n')}
    volumes:
      - /var/run/docker.sock:/var/run/docker.sock:ro
      - /run/fairlead-engine:/run/fairlead-engine
`;
}

/** The sections of Tecnativa/docker-socket-proxy that a set of calls needs, beside those that are open by default. */
export function tecnativaSections(calls) {
  const sections = new Set(calls.map(({ path }) => /^\/_?(\w+)/.exec(path)[1].toUpperCase()));
  const byDefault = ['EVENTS', 'PING', 'VERSION'];
  const needed = [...sections].filter((section) => !byDefault.includes(section)).sort();
  return [...(calls.some(({ method }) => method !== 'GET') ? ['POST'] : []), ...needed];
}

function renderTecnativa(calls) {
  const sections = tecnativaSections(calls);
  return `${MADE}
${GUIDE}
#
# Tecnativa/docker-socket-proxy. Its sections are coarse: read there what else these let through.

${sections.map((section) => `${section}=1`).join('\n')}
`;
}

/** All files of the folder. @param pattern gives a call's path as a pattern without anchors */
export function renderProxyRules(calls, pattern) {
  const plain = calls.filter((call) => !isOfProbe(call));
  const reads = plain.filter(({ method }) => method === 'GET');
  return {
    'haproxy.cfg': renderHaproxy(calls, pattern),
    'haproxy-without-probe.cfg': renderHaproxy(plain, pattern),
    'haproxy-read-only.cfg': renderHaproxy(reads, pattern),
    'wollomatic.compose.yaml': renderWollomatic(calls, pattern),
    'wollomatic-without-probe.compose.yaml': renderWollomatic(plain, pattern),
    'wollomatic-read-only.compose.yaml': renderWollomatic(reads, pattern),
    'tecnativa.env': renderTecnativa(calls),
    'tecnativa-without-probe.env': renderTecnativa(plain),
    'tecnativa-read-only.env': renderTecnativa(reads),
  };
}

const BEGIN = '<!-- engine calls: made by tools/generate-proxy-rules.mjs -->';
const END = '<!-- end of engine calls -->';

const keys = (words) => words.map((word) => `\`${word}\``).join(', ');

/** The page with its table as it should be. @throws Error where the page has no markers */
export async function renderSecurityPage(page, calls) {
  const from = page.indexOf(BEGIN);
  const to = page.indexOf(END);
  if (from < 0 || to < from) throw new Error(`docs/security.md has no "${BEGIN}" … "${END}"`);
  const rows = calls.map(
    ({ method, path, query, purpose, rpcs }) =>
      `| \`${method} ${path}\` | ${keys(query)} | ${purpose} | ${rpcs.join(', ')} |`,
  );
  const table = ['| call | query | for | command |', '|-|-|-|-|', ...rows].join('\n');
  const formatted = await format(table, { ...style, parser: 'markdown' });
  return `${page.slice(0, from)}${BEGIN}\n\n${formatted}\n${page.slice(to)}`;
}

async function main(check) {
  const { ALLOWED_CALLS, pathPattern } = await import(join(root, 'libs/engine/dist/docker/calls.js'));
  const page = 'docs/security.md';
  const wanted = Object.entries(renderProxyRules(ALLOWED_CALLS, pathPattern)).map(([name, text]) => [
    join(folder, name),
    text,
  ]);
  wanted.push([page, await renderSecurityPage(readFileSync(join(root, page), 'utf8'), ALLOWED_CALLS)]);
  for (const [name, text] of wanted) {
    const path = join(root, name);
    if (!check) writeFileSync(path, text);
    else if (readFileSync(path, 'utf8') !== text) {
      console.error(`${name} does not match the calls.\nRun: node tools/generate-proxy-rules.mjs`);
      process.exitCode = 1;
    }
  }
}

if (process.argv[1] === import.meta.filename) await main(process.argv.includes('--check'));

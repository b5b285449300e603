import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import type { Home } from './home.js';
import { root, until } from './program.js';

/** Whether HAProxy can be run as it is meant to be: it is installed, and this is root. */
export const hasHaproxy = (): boolean => process.getuid?.() === 0 && spawnSync('haproxy', ['-v']).status === 0;

/** A file of `docs/examples/socket-proxy`. */
export const publishedRules = (name: string): string =>
  readFileSync(join(root, 'docs/examples/socket-proxy', name), 'utf8');

/** Runs HAProxy with a configuration between a new socket and an engine's. @returns the new socket */
export async function startHaproxy(home: Home, name: string, config: string, engine: string): Promise<string> {
  const [file, socket] = [home.file(`${name}.cfg`), home.file(`${name}.sock`)];
  writeFileSync(file, config);
  const env = {
    ...{ LISTEN: socket, ENGINE_SOCKET: engine, AGENT_USER: 'root', PROXY_USER: 'root', PROXY_GROUP: 'root' },
    ...{ SOCKET_PATH: engine, BIND_CONFIG: `unix@${socket}` },
  };
  const haproxy = home.startLine(`exec haproxy -db -f ${file}`, { env });
  await until(() => Promise.resolve(existsSync(socket)), `HAProxy listens for ${name}`, 10_000).catch(() => {
    throw new Error(`HAProxy does not start with ${name}:\n${haproxy.stderr}${haproxy.stdout}`);
  });
  return socket;
}

/** The sections of an engine's API that Tecnativa/docker-socket-proxy opens and closes by name (September 2025). */
const SECTIONS = [
  ...['auth', 'build', 'commit', 'configs', 'containers', 'distribution', 'events', 'exec', 'grpc', 'images', 'info'],
  ...['networks', 'nodes', '_ping', 'plugins', 'secrets', 'services', 'session', 'swarm', 'system', 'tasks', 'version'],
  'volumes',
];

/**
 * The logic of Tecnativa/docker-socket-proxy in a configuration of our own, for a set of its variables: reads unless
 * POST is open; a section is open by the beginning of the decoded path, whatever its case, with or without a version.
 */
export function tecnativaConfig(variables: string): string {
  const open = new Set([
    'EVENTS',
    'PING',
    'VERSION',
    ...Array.from(variables.matchAll(/^(\w+)=1$/gm), ([, name]) => name),
  ]);
  const rules = SECTIONS.filter((section) => open.has(section.replace('_', '').toUpperCase())).map(
    (section) => `    http-request allow if { path,url_dec -m reg -i ^(/v[\\d\\.]+)?/${section} }`,
  );
  return `
defaults
    mode http
    option http-server-close
    option redispatch
    retries 3
    timeout http-request 10s
    timeout connect 10s
    timeout client 10m
    timeout server 10m
backend engine
    server engine "unix@\${SOCKET_PATH}"
backend events
    timeout server 0
    server engine "unix@\${SOCKET_PATH}"
frontend docker
    bind "\${BIND_CONFIG}"
    ${open.has('POST') ? '' : 'http-request deny unless METH_GET'}
${rules.join('\n')}
    http-request deny
    use_backend events if { path,url_dec -m reg -i ^(/v[\\d\\.]+)?/events }
    default_backend engine
`;
}

import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { FairleadError } from '@fairlead/domain';

/** What of the machine is looked at; passed in, so that the search can be tested and nothing is read in secret. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** Of the user; 0 for root. */
  readonly uid: number;
  readonly exists: (path: string) => Promise<boolean>;
  /** Undefined where there is no such file. */
  readonly readFile: (path: string) => Promise<string | undefined>;
}

export interface EngineCandidate {
  readonly url: string;
  /** Why it is one, for people: `DOCKER_HOST`, `docker context 'prod'`, `default socket`. */
  readonly source: string;
}

/**
 * Where the docker CLI would find the engine, best first. A host or context that was chosen stands alone: the local
 * engine is never taken for a remote one that does not answer. Else all sockets that exist: Docker's, rootless
 * Docker's, Docker Desktop's, Podman's. Empty where there is none.
 * @throws FairleadError `invalid_argument` for a context that does not exist or cannot be read
 */
export async function locateEngine(surroundings: Surroundings): Promise<EngineCandidate[]> {
  const chosen = (await chosenByHost(surroundings)) ?? (await chosenByContext(surroundings));
  return chosen ? [chosen] : existingSockets(surroundings);
}

/** DOCKER_HOST goes before any context, as with the CLI. */
function chosenByHost({ env }: Surroundings): Promise<EngineCandidate | undefined> {
  const host = env['DOCKER_HOST'] ?? '';
  if (host === '') return Promise.resolve(undefined);
  return Promise.resolve({ url: host.includes('://') ? host : `tcp://${host}`, source: 'DOCKER_HOST' });
}

async function chosenByContext(surroundings: Surroundings): Promise<EngineCandidate | undefined> {
  const { env, home } = surroundings;
  const folder = env['DOCKER_CONFIG'] || join(home, '.docker');
  const name = env['DOCKER_CONTEXT'] || (await currentContext(surroundings, join(folder, 'config.json')));
  if (name === '' || name === 'default') return undefined;
  const hash = createHash('sha256').update(name).digest('hex');
  const file = join(folder, 'contexts', 'meta', hash, 'meta.json');
  const text = await surroundings.readFile(file);
  if (text === undefined) throw badContext(name, `there is no ${file}`);
  const url = field(parse(text), 'Endpoints', 'docker', 'Host');
  if (url === '') throw badContext(name, `${file} names no docker endpoint`);
  return { url, source: `docker context '${name}'` };
}

async function currentContext({ readFile }: Surroundings, file: string): Promise<string> {
  const text = await readFile(file);
  return text === undefined ? '' : field(parse(text), 'currentContext');
}

const badContext = (name: string, why: string): FairleadError =>
  new FairleadError('invalid_argument', `The docker context '${name}' cannot be used: ${why}`, {
    hint: 'See `docker context ls`; choose one with `docker context use NAME`, or give --engine.',
  });

async function existingSockets({ env, home, uid, exists }: Surroundings): Promise<EngineCandidate[]> {
  const runtime = env['XDG_RUNTIME_DIR'] || `/run/user/${uid}`;
  const places = [
    ['/var/run/docker.sock', 'default socket'],
    [join(runtime, 'docker.sock'), 'rootless Docker'],
    [join(home, '.docker', 'run', 'docker.sock'), 'Docker Desktop'],
    ['/run/podman/podman.sock', 'Podman'],
    [join(runtime, 'podman', 'podman.sock'), 'rootless Podman'],
  ] as const;
  const found = await Promise.all(places.map(([path]) => exists(path)));
  return places.filter((_, index) => found[index]).map(([path, source]) => ({ url: `unix://${path}`, source }));
}

/** A config file that is not JSON is passed over, as the CLI warns and goes on. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The text at a path of keys, or the empty text. */
function field(value: unknown, ...keys: readonly string[]): string {
  const found = keys.reduce<unknown>(
    (part, key) => (typeof part === 'object' && part !== null ? (part as Record<string, unknown>)[key] : undefined),
    value,
  );
  return typeof found === 'string' ? found : '';
}

import { FairleadError } from '@fairlead/domain';

/** One call that may be sent to an engine. */
export interface AllowedCall {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** `{id}` stands for one name or id, as `SEGMENT` has it. */
  readonly path: string;
  /** Keys of the query, and of the JSON body's outermost object; nothing beside them. */
  readonly query: readonly string[];
  readonly body: readonly string[];
  /** What it is for, as a reader of the documentation wants to know it. */
  readonly purpose: string;
  /** Methods of the agent's NetworkService that lead to it. */
  readonly rpcs: readonly string[];
}

/**
 * A name or an id as it may stand in a path: no sign in it means anything to a router, a proxy or a shell, so nothing
 * in a path is ever escaped, and no text from outside can make another path of it. Proxies are given the same pattern
 * (`docs/examples/socket-proxy`).
 */
export const SEGMENT = '[A-Za-z0-9][A-Za-z0-9_.-]{0,254}';

const READERS = ['ListNetworks', 'InspectNetwork', 'ConnectContainer', 'DisconnectContainer'];
const REMOVERS = ['RemoveNetwork', 'PruneNetworks'];
/** A prune restores what it has removed under a container that was made meanwhile. */
const RESTORERS = ['RestoreNetwork', 'PruneNetworks'];

/**
 * Everything that Fairlead ever sends to an engine. `Connection` refuses what is not here before it leaves; the rules
 * for proxies, the table of `docs/security.md` and the tests are made from it.
 */
export const ALLOWED_CALLS: readonly AllowedCall[] = [
  read('/_ping', 'whether the engine answers', ['WatchInventory']),
  read('/version', 'what the engine is', [
    ...['DescribeHost', 'CreateNetwork', 'ConnectContainer', ...REMOVERS, 'PlanRestore', 'RestoreNetwork'],
    'WatchInventory',
  ]),
  read('/info', 'its membership in a swarm, its clock', [
    ...['DescribeHost', 'CreateNetwork', 'ConnectContainer', 'PlanRestore', ...RESTORERS, 'WatchInventory'],
  ]),
  { ...read('/events', 'hints that something has changed', ['WatchInventory']), query: ['filters', 'since'] },
  read('/networks', 'the inventory', [
    ...READERS,
    ...REMOVERS,
    ...['CreateNetwork', 'PlanRestore', 'RestoreNetwork', 'Probe', 'LookUpOperation', 'WatchInventory'],
  ]),
  read('/networks/{id}', 'the look before and after each act', [
    ...['InspectNetwork', 'CreateNetwork', 'ConnectContainer', 'DisconnectContainer'],
    ...[...REMOVERS, 'RestoreNetwork', 'LookUpOperation'],
  ]),
  {
    ...read('/containers/json', 'who is on a network', [
      ...[...READERS, ...REMOVERS, 'PlanRestore', 'RestoreNetwork', 'Probe', 'WatchInventory'],
    ]),
    query: ['all'],
  },
  read('/containers/{id}/json', 'the container that is to be attached, detached or looked from', [
    ...['ConnectContainer', 'DisconnectContainer', 'RemoveNetwork', 'PlanRestore', ...RESTORERS, 'Probe'],
    'LookUpOperation',
  ]),
  {
    ...write('POST', '/networks/create', 'creating a network', ['CreateNetwork', ...RESTORERS]),
    body: [
      ...['Name', 'CheckDuplicate', 'Driver', 'Scope', 'EnableIPv4', 'EnableIPv6', 'Internal', 'Attachable', 'Ingress'],
      ...['ConfigOnly', 'ConfigFrom', 'IPAM', 'Options', 'Labels'],
    ],
  },
  {
    ...write('POST', '/networks/{id}/connect', 'attaching a container', ['ConnectContainer', ...RESTORERS]),
    body: ['Container', 'EndpointConfig'],
  },
  {
    ...write('POST', '/networks/{id}/disconnect', 'detaching a container', ['DisconnectContainer', 'RemoveNetwork']),
    body: ['Container', 'Force'],
  },
  write('DELETE', '/networks/{id}', 'removing a network', REMOVERS),
  {
    ...write('POST', '/containers/{id}/exec', 'probe: a fixed program in the container', ['Probe']),
    body: ['Cmd', 'AttachStdin', 'AttachStdout', 'AttachStderr', 'Tty'],
  },
  { ...write('POST', '/exec/{id}/start', 'probe: its output', ['Probe']), body: ['Detach', 'Tty'] },
  read('/exec/{id}/json', 'probe: its exit code', ['Probe']),
];

function read(path: string, purpose: string, rpcs: readonly string[]): AllowedCall {
  return { method: 'GET', path, query: [], body: [], purpose, rpcs };
}

function write(method: 'POST' | 'DELETE', path: string, purpose: string, rpcs: readonly string[]): AllowedCall {
  return { method, path, query: [], body: [], purpose, rpcs };
}

/** A call as it is about to be sent. */
export interface PlannedCall {
  readonly method: string;
  /** Without the base path of a TCP address, and without the query. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly body?: object | undefined;
}

/** The path of a call as a pattern for the whole of a path, without anchors. */
export const pathPattern = ({ path }: AllowedCall): string => path.replaceAll('{id}', SEGMENT);

const PATTERNS = ALLOWED_CALLS.map((call) => ({ call, path: new RegExp(`^${pathPattern(call)}$`) }));

/** The entry that allows a call; undefined where none does. */
export function findAllowed({ method, path, query = {}, body = {} }: PlannedCall): AllowedCall | undefined {
  const found = PATTERNS.find(({ call, path: pattern }) => call.method === method && pattern.test(path))?.call;
  const isWithin = (keys: readonly string[], of: object): boolean => Object.keys(of).every((key) => keys.includes(key));
  return found !== undefined && isWithin(found.query, query) && isWithin(found.body, body) ? found : undefined;
}

/** @throws FairleadError `internal`, naming the call, where it is not one of the set */
export function requireAllowed(call: PlannedCall): void {
  if (findAllowed(call) !== undefined) return;
  const { method, path, query = {}, body = {} } = call;
  const keys = [...Object.keys(query), ...Object.keys(body)].join(', ');
  const named = `${method} ${JSON.stringify(path.slice(0, 200))}${keys === '' ? '' : ` with ${keys.slice(0, 200)}`}`;
  throw new FairleadError('internal', `${named} is none of the calls that Fairlead may send to an engine`, {
    hint: 'Nothing was sent. This is a fault of Fairlead: please report it.',
  });
}

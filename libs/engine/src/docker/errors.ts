import { type ErrorCode, FairleadError } from '@fairlead/domain';

/** What was asked of the engine; the same words mean different things after different questions. */
export type EngineCall =
  | 'describe'
  | 'ping'
  | 'network.list'
  | 'network.inspect'
  | 'network.create'
  | 'network.connect'
  | 'network.disconnect'
  | 'network.remove'
  | 'container.list'
  | 'container.inspect'
  | 'events'
  | 'exec';

/** The first sentence of every error: what was attempted. */
const ATTEMPTS: Readonly<Record<EngineCall, (subject: string) => string>> = {
  describe: () => 'The engine could not be described',
  ping: () => 'The engine could not be reached',
  'network.list': () => 'The networks could not be listed',
  'network.inspect': (subject) => `Network '${subject}' could not be read`,
  'network.create': (subject) => `Network '${subject}' could not be created`,
  'network.connect': (subject) => `${subject} could not be connected`,
  'network.disconnect': (subject) => `${subject} could not be disconnected`,
  'network.remove': (subject) => `Network '${subject}' could not be removed`,
  'container.list': () => 'The containers could not be listed',
  'container.inspect': (subject) => `Container '${subject}' could not be read`,
  events: () => "The engine's events could not be followed",
  exec: (subject) => `Nothing could be run in container '${subject}'`,
};

interface Rule {
  readonly code: ErrorCode;
  readonly calls?: readonly EngineCall[];
  readonly status?: readonly number[];
  readonly text?: RegExp;
  readonly hint?: string;
}

/**
 * From status and words to the closed list of codes; the first rule that fits wins. Words go before numbers, because
 * engines say the same thing with different numbers, and 403 is both "in use" and "predefined". Words seen on Docker
 * 20.10, 26.1 and 28.5 and on Podman 5.8; a few are known from their sources only (the table of the test says which).
 */
const RULES: readonly Rule[] = [
  {
    code: 'ambiguous_name',
    text: /is ambiguous|matches found based on|Multiple IDs found with provided prefix|more than one (result|network|container)/i,
    hint: 'Give the full id.',
  },
  {
    code: 'not_swarm_manager',
    text: /not a swarm manager|multi-host network from a worker|not part of a swarm/i,
    hint: 'Ask a manager of the swarm.',
  },
  {
    code: 'network_predefined',
    calls: ['network.create', 'network.remove'],
    text: /pre-?defined (network|and cannot)|on predefined|conflicts with a valid network mode|default network \S+ cannot be removed/i,
  },
  {
    code: 'network_in_use',
    calls: ['network.remove'],
    text: /has active endpoints|has associated containers|is in use|network is being used/i,
    hint: 'Disconnect the containers first, or remove with force.',
  },
  {
    code: 'addresses_exhausted',
    text: /non-overlapping IPv[46] address pool|fully subnetted|no available IPv[46] addresses|could not find free subnet|no available network/i,
    hint: 'Remove networks that are no longer used, choose a subnet, or enlarge default-address-pools.',
  },
  {
    code: 'subnet_overlap',
    calls: ['network.create'],
    text: /Pool overlaps|networks have overlapping|already used on the host|overlaps? with|subnet .*is already used/i,
    hint: 'Choose another subnet.',
  },
  { code: 'already_exists', calls: ['network.create'], text: /already exists|already used/i },
  { code: 'already_exists', calls: ['network.create'], status: [409] },
  {
    code: 'already_connected',
    calls: ['network.connect'],
    text: /already exists in network|already (connected|attached)|network is already connected/i,
  },
  {
    code: 'not_connected',
    calls: ['network.disconnect'],
    text: /is not connected to|not attached to|network not connected/i,
  },
  {
    code: 'engine_refused',
    calls: ['network.connect', 'network.disconnect'],
    text: /host network|network namespace|marked for removal|not manually attachable|PermissionDenied/i,
  },
  { code: 'engine_refused', calls: ['exec'], text: /exec sessions on running containers/i },
  {
    code: 'container_not_found',
    calls: ['network.connect', 'network.disconnect', 'container.inspect', 'exec'],
    text: /no such container|no container with name|unable to find .*container|endpoint .+ not found/i,
  },
  {
    code: 'network_not_found',
    calls: ['network.inspect', 'network.connect', 'network.disconnect', 'network.remove'],
    text: /network .*not found|no such network|unable to find network/i,
  },
  { code: 'network_not_found', calls: ['network.inspect', 'network.remove'], status: [404] },
  { code: 'container_not_found', calls: ['container.inspect', 'exec'], status: [404] },
  {
    code: 'invalid_argument',
    calls: ['network.create'],
    text: /configuration network .* does not exist/i,
    hint: 'Create it first, with --config-only.',
  },
  {
    code: 'invalid_argument',
    calls: ['network.create'],
    text: /depends on a configuration network/i,
    hint: 'Ask for them with the configuration, where that is created.',
  },
  {
    code: 'invalid_argument',
    calls: ['network.create'],
    text: /plugin .*not found|unsupported driver|could not find plugin|failed to find driver or plugin/i,
    hint: 'The engine has no such driver; `docker info` lists those that it has.',
  },
  {
    code: 'invalid_argument',
    calls: ['network.create', 'network.connect'],
    text: /invalid (name|CIDR|subnet|gateway|address|ip|network config|argument|pool)|names must match|name is empty|it should be|user (specified|configured)|no configured subnet|bad parameter|not in (the |any )?subnet/i,
  },
  { code: 'invalid_argument', calls: ['network.create', 'network.connect'], status: [400] },
];

const fits = (rule: Rule, call: EngineCall, status: number, text: string): boolean =>
  (rule.calls?.includes(call) ?? true) && (rule.status?.includes(status) ?? true) && (rule.text?.test(text) ?? true);

/**
 * An answer that is not a success, as the error that it means.
 * @param text the engine's own words, passed on unchanged in `engineMessage`
 */
export function refusal(
  call: EngineCall,
  subject: string,
  status: number,
  text: string,
  cause?: unknown,
): FairleadError {
  const rule = RULES.find((candidate) => fits(candidate, call, status, text));
  const code = rule?.code ?? (status >= 500 ? 'engine_failed' : 'engine_refused');
  const words = text === '' ? `status ${status} without a word` : text;
  return new FairleadError(code, `${ATTEMPTS[call](subject)}: ${words}`, {
    engineMessage: text,
    hint: rule?.hint,
    cause,
  });
}

/** No answer within the time, in milliseconds. */
export class TimedOut extends Error {
  override readonly name = 'TimedOut';

  constructor(readonly ms: number) {
    super(`no answer within ${ms / 1000} s`);
  }
}

/** By what it holds and not by its class: Node's own errors are of another realm than code run in a vm. */
const codeOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';

export const wordsOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error ? String(error.message) : String(error);

/** Whether the connection broke, as an idle one does that the engine has closed meanwhile. */
export const isReset = (error: unknown): boolean => ['ECONNRESET', 'EPIPE'].includes(codeOf(error));

const HINTS: Readonly<Record<string, string>> = {
  ENOENT: 'There is no such socket: the engine is stopped, or listens elsewhere. Start it, or give --engine.',
  ECONNREFUSED: 'Nobody listens there: the engine has crashed or is starting. Look at its log.',
  EACCES: 'This user may not use the socket: join the group `docker`, or run as root.',
  ENOTFOUND: 'The name does not resolve; check --engine.',
};

const TIMED_OUT = 'The engine is frozen or overloaded; look at its log and load.';
const MAYBE_DONE = 'The engine may have done it all the same: look before trying again.';

/** A missing answer, as `engine_unavailable`; an error that is named already passes through. */
export function unavailable(
  call: EngineCall,
  subject: string,
  { url, wasRead }: { readonly url: string; readonly wasRead: boolean },
  error: unknown,
): FairleadError {
  if (error instanceof FairleadError) return error;
  const neverArrived = HINTS[codeOf(error)];
  const hint = neverArrived ?? (error instanceof TimedOut ? TIMED_OUT : undefined);
  const doubt = wasRead || neverArrived !== undefined ? undefined : MAYBE_DONE;
  return new FairleadError(
    'engine_unavailable',
    `${ATTEMPTS[call](subject)}: ${url} does not answer (${wordsOf(error)})`,
    {
      hint: [hint, doubt].filter((part) => part !== undefined).join(' ') || undefined,
      cause: error,
    },
  );
}

/** Of proxies whose engine does not answer them. Docker 20.10 to 28.5 answer 503 too, but always with a message. */
const GATEWAY = [502, 503, 504];
/** Of proxies that let only some calls through: HAProxy 403, wollomatic/socket-proxy 403 and 405. */
const BARRED = [403, 405];

/**
 * What something in front of the engine answers in its own words; undefined where it may be the engine's answer.
 *
 * A proxy that lost its engine in the middle of a call is no engine that refused it: whether it was done is not known.
 */
export function proxyRefusal(
  call: EngineCall,
  subject: string,
  at: { readonly url: string; readonly wasRead: boolean },
  status: number,
  text: string,
): FairleadError | undefined {
  const words = text === '' ? `status ${status}` : text;
  if (GATEWAY.includes(status)) return unavailable(call, subject, at, new Error(`its proxy: ${words}`));
  if (!BARRED.includes(status)) return undefined;
  return new FairleadError('engine_refused', `${ATTEMPTS[call](subject)}: ${words}`, {
    engineMessage: text,
    hint: 'These are not the words of an engine: a socket proxy in front of it does not let this call through. Its rules are in docs/guides/socket-proxy.md.',
  });
}

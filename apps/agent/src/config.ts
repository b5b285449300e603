import { access, readFile } from 'node:fs/promises';
import { homedir, hostname } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FairleadError, type JoinToken, nearest, toHostName } from '@fairlead/domain';
import type { Surroundings } from '@fairlead/engine';
import {
  type Environment,
  type Fault,
  oneOf,
  PREFIX,
  readAddress,
  readCount,
  readLabels,
  readName,
  readToken,
  refuseMisplacedToken,
  TOKEN_VARIABLE,
} from './config-values.js';
import { LOG_LEVELS, type LogLevel } from './log.js';

/** What the agent is asked to do. `docs/configuration.md` describes the settings. */
export type AgentConfig =
  | { readonly kind: 'help' }
  | { readonly kind: 'locate'; readonly engine: string | undefined }
  | ({ readonly kind: 'serve' } & ServeConfig);

export interface ServeConfig {
  /** Undefined: that of its identity, else the machine's; and for a demo fleet, whose hosts have names of their own. */
  readonly name: string | undefined;
  /** The machine's own name, in the form of a host's. */
  readonly machine: string;
  /** Undefined: to be located. */
  readonly engine: string | undefined;
  /** Where to dial; undefined: nowhere. */
  readonly controller: string | undefined;
  /** Where to listen; undefined: nowhere. */
  readonly listen: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** What lets the host join; a secret. */
  readonly token: JoinToken | undefined;
  /** Undefined: the default place, where a missing file is no fault. */
  readonly policy: string | undefined;
  /** Holds journal, identity and their lock; made with mode 0700. */
  readonly dataDir: string;
  /** Number of simulated hosts; undefined: a real engine. */
  readonly demo: number | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'text' | 'auto';
}

/** Where the policy of a host lies when nothing else is said. */
export const DEFAULT_POLICY = '/etc/fairlead/policy.yaml';

/** What can be set, for `--help` and `docs/configuration.md`. */
export const SETTINGS = {
  name: {
    value: 'HOST',
    meaning: "the host's name, unique in the fleet",
    byDefault: "over TCP the identity's, else the machine's",
  },
  controller: { value: 'ADDRESS', meaning: 'dial this controller: ctl.example:7801 or unix:/path', byDefault: '' },
  listen: {
    value: 'ADDRESS',
    meaning: 'be dialled here: 0.0.0.0:7802 or unix:/path (both may be given)',
    byDefault: '',
  },
  engine: {
    value: 'URL',
    meaning: 'the engine, such as unix:///var/run/docker.sock',
    byDefault: 'the one that the docker CLI would use',
  },
  label: {
    value: 'KEY=VALUE',
    meaning: 'a label of the host, to choose it by; may be repeated; over a Unix socket only',
    byDefault: '',
  },
  policy: {
    value: 'FILE',
    meaning: 'what may be done on this host at all, whatever the controller says: YAML or JSON',
    byDefault: `${DEFAULT_POLICY} where it exists`,
  },
  'data-dir': {
    value: 'DIR',
    meaning: 'journal of operations, and the identity of the host',
    byDefault: '~/.local/state/fairlead-agent/HOST',
  },
  demo: { value: 'N', meaning: 'N simulated hosts instead of an engine', byDefault: '' },
  'log-level': { value: 'LEVEL', meaning: LOG_LEVELS.join(', '), byDefault: 'info' },
  'log-format': { value: 'FORMAT', meaning: 'json, text, or auto: text on a terminal', byDefault: 'auto' },
} as const;
type Setting = keyof typeof SETTINGS;
const NAMES = Object.keys(SETTINGS) as Setting[];

const describeFlag = (name: Setting): string => {
  const { value, meaning, byDefault } = SETTINGS[name];
  return `  --${name} ${value}`.padEnd(23) + meaning + (byDefault === '' ? '' : ` (default: ${byDefault})`);
};

export const HELP = `Usage: fairlead agent [--name HOST] (--controller ADDRESS | --listen ADDRESS) [options]

Runs the agent of one host beside its engine.

${NAMES.map(describeFlag).join('\n')}
  --locate             print the engine that would be used, as JSON, and end

Each but --locate can be set by a variable too: FAIRLEAD_AGENT_NAME, FAIRLEAD_AGENT_LABEL=a=b,c=d and so on.

To join a controller on another machine, its token is given once, in ${TOKEN_VARIABLE}: a variable and never
a flag, which others could read. 'fairlead host join-token create' on the controller makes one and prints the command.

Examples:
  fairlead agent --name web-1 --controller ctl.example:7801
  fairlead agent --name web-1 --controller unix:/run/fairlead.sock --label env=prod
`;

const SWITCHES = ['locate', 'help'] as const;

/** Of other programs; one shell may have them set for all. */
const FOREIGN = /^FAIRLEAD_(CONTROLLER_|API_URL$)/;

export const variableOf = (setting: Setting): string => PREFIX + setting.toUpperCase().replace(/-/g, '_');

/** All that was given for a setting, in order; labels may be several. */
type Given = Partial<Record<Setting, string[]>>;

/**
 * Reads flags and `FAIRLEAD_AGENT_*`; flags win. Hand-written, because a schema library would be a third of the
 * agent's own memory (zod 4.6: 15 MB, measured on Node 20.20).
 * @throws FairleadError `invalid_argument` with all faults at once; an unknown variable or flag is one
 */
export function loadConfig(env: Environment, argv: readonly string[], machine = hostname()): AgentConfig {
  refuseMisplacedToken(env, argv);
  const faults: Fault[] = unknownVariables(env);
  const { flags, switches } = readFlags(argv, faults);
  if (switches.has('help')) return { kind: 'help' };
  const given = { ...fromEnvironment(env), ...flags };
  const config = switches.has('locate')
    ? ({ kind: 'locate', engine: given.engine?.at(-1) } as const)
    : ({ kind: 'serve', ...readServe(given, env, toHostName(machine), faults) } as const);
  if (faults.length === 0) return config;
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new FairleadError('invalid_argument', `The agent cannot start: ${list}`, {
    faults,
    hint: "See 'fairlead agent --help'.",
  });
}

/**
 * What the process was started with, for `loadConfig`. The token is taken out of the environment, so that no child
 * inherits it and no later part of this process comes across it.
 */
export function environment(own: NodeJS.ProcessEnv = process.env): Environment {
  const env = { ...own };
  delete own[TOKEN_VARIABLE];
  return env;
}

/** What of this machine is looked at to find the engine. */
export const surroundings = (): Surroundings => ({
  env: process.env,
  home: homedir(),
  uid: process.getuid?.() ?? 0,
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  readFile: (path) => readFile(path, 'utf8').catch(() => undefined),
});

function readServe(given: Given, env: Environment, machine: string, faults: Fault[]): ServeConfig {
  const last = (setting: Setting): string | undefined => given[setting]?.at(-1);
  const demo = last('demo') === undefined ? undefined : readCount(last('demo') ?? '', faults);
  const addresses = (['controller', 'listen'] as const).map((setting) => readAddress(setting, last(setting), faults));
  const isRemote = addresses.some((address) => address?.kind === 'tcp');
  const isLocal = !isRemote && addresses.some((address) => address?.kind === 'unix');
  const name = demo === undefined ? readName(last('name'), isLocal, faults) : undefined;
  if (isRemote) refuseWithTcp(given, faults);
  if (last('controller') === undefined && last('listen') === undefined) {
    faults.push({ path: '--controller', message: 'say where to dial, or where to listen with --listen' });
  }
  return {
    name,
    machine,
    engine: last('engine'),
    controller: last('controller'),
    listen: last('listen'),
    labels: readLabels(given.label ?? [], faults),
    token: readToken(env[TOKEN_VARIABLE], faults),
    policy: last('policy'),
    dataDir: last('data-dir') ?? defaultDataDir(env, demo === undefined ? (name ?? machine) : 'demo'),
    demo,
    logLevel: oneOf('--log-level', last('log-level') ?? 'info', LOG_LEVELS, faults),
    logFormat: oneOf('--log-format', last('log-format') ?? 'auto', ['json', 'text', 'auto'] as const, faults),
  };
}

/** What belongs to the link over a Unix socket. */
function refuseWithTcp(given: Given, faults: Fault[]): void {
  if (given.label !== undefined) {
    const message = "the labels of a host that joins come from its token, or from 'fairlead host label'";
    faults.push({ path: '--label', message });
  }
  if (given.demo !== undefined) {
    faults.push({ path: '--demo', message: 'a demo fleet has no identity; it is linked over a Unix socket only' });
  }
}

const defaultDataDir = (env: Environment, name: string): string =>
  join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'fairlead-agent', name);

function fromEnvironment(env: Environment): Given {
  const entries = NAMES.flatMap((setting): [Setting, string[]][] => {
    const value = env[variableOf(setting)];
    if (value === undefined || value === '') return [];
    return [[setting, setting === 'label' ? value.split(',') : [value]]];
  });
  return Object.fromEntries(entries);
}

function unknownVariables(env: Environment): Fault[] {
  const known = [...NAMES.map(variableOf), TOKEN_VARIABLE];
  return Object.keys(env)
    .filter((name) => name.startsWith('FAIRLEAD_') && !FOREIGN.test(name) && !known.includes(name))
    .map((path) => ({ path, message: `there is no such variable; did you mean ${nearest(path, known)}?` }));
}

function readFlags(argv: readonly string[], faults: Fault[]): { flags: Given; switches: Set<string> } {
  const options = {
    ...Object.fromEntries(NAMES.map((setting) => [setting, { type: 'string' as const, multiple: true }])),
    ...Object.fromEntries(SWITCHES.map((name) => [name, { type: 'boolean' as const }])),
  };
  const { tokens } = parseArgs({ args: [...argv], options, strict: false, tokens: true });
  const flags: Given = {};
  const switches = new Set<string>();
  for (const token of tokens) {
    if (token.kind === 'positional') faults.push({ path: token.value, message: 'is not expected here' });
    if (token.kind !== 'option') continue;
    const setting = NAMES.find((known) => known === token.name);
    if (setting !== undefined) addFlag(flags, setting, token, faults);
    else if ((SWITCHES as readonly string[]).includes(token.name)) switches.add(token.name);
    else
      faults.push({
        path: token.rawName,
        message: `there is no such flag; did you mean ${nearestFlag(token.rawName)}?`,
      });
  }
  return { flags, switches };
}

function addFlag(
  flags: Given,
  setting: Setting,
  { value, inlineValue }: { value?: string | undefined; inlineValue?: boolean | undefined },
  faults: Fault[],
): void {
  // `--name --engine` is a forgotten value, not a host called `--engine`.
  const isMissing = value === undefined || value === '' || (inlineValue !== true && value.startsWith('--'));
  if (isMissing) faults.push({ path: `--${setting}`, message: 'needs a value' });
  else flags[setting] = [...(flags[setting] ?? []), value];
}

const nearestFlag = (name: string): string =>
  nearest(
    name,
    [...NAMES, ...SWITCHES].map((known) => `--${known}`),
  );

import { isIP } from 'node:net';
import { homedir } from 'node:os';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { type AddressRange, FairleadError, nearest, parseCidr, parseDuration, toFairleadError } from '@fairlead/domain';
import { z } from 'zod';
import { DEFAULT_RETENTION, type RetentionLimits } from './history/retention-limits.js';
import { ACCESS_SETTINGS, type AccessConfig, accessShape, toAccessConfig } from './access/access-config.js';

/** Settings of the controller. `docs/configuration.md` describes them. */
export interface ControllerConfig {
  /** Holds the database and its lock; made with mode 0700. */
  readonly dataDir: string;
  /** How REST is reached beyond its port, and who may use it. */
  readonly access: AccessConfig;
  /** REST. 0 takes any free port. */
  readonly port: number;
  /** Keys of the cluster, apart from the data so that no copy of those holds them; made with mode 0700. */
  readonly keysDir: string;
  /** Link for agents, over TLS. 0 takes any free port; null: none. */
  readonly linkPort: number | null;
  /** Address that the link's port is opened on; null: all of this machine's. */
  readonly linkHost: string | null;
  /** How hosts reach the link, for printed commands; null: the first address of this machine. */
  readonly advertise: string | null;
  /** How long the certificates of hosts are good, in milliseconds; they are renewed at half of it. */
  readonly certificateLifeMs: number;
  /** Where agents that listen may be dialled. */
  readonly dialRanges: readonly AddressRange[];
  /** A second. */
  readonly connectionsPerAddress: number;
  readonly enrolmentsPerAddress: number;
  readonly retention: RetentionLimits;
  /** Unix socket for the agent of this machine, or null. */
  readonly linkSocket: string | null;
  /** File of the channels that tell of policies' runs, or null. */
  readonly notificationsFile: string | null;
  readonly logLevel: (typeof LOG_LEVELS)[number];
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'silent'] as const;

/** What can be set, for `--help` and `docs/configuration.md`; `schema` below says what is taken. */
export const SETTINGS = {
  'data-dir': { value: 'DIR', meaning: 'database and its lock', byDefault: '~/.local/state/fairlead' },
  port: { value: 'PORT', meaning: 'REST; 0 takes any free port', byDefault: '7800' },
  'keys-dir': { value: 'DIR', meaning: 'private keys of the cluster', byDefault: 'beside the data folder: DIR-keys' },
  'link-port': {
    value: 'PORT',
    meaning: 'agents, over TLS; 0 takes any free port, none opens none',
    byDefault: '7801',
  },
  'link-host': { value: 'ADDRESS', meaning: 'address to open that port on', byDefault: 'all addresses' },
  advertise: {
    value: 'ADDRESS',
    meaning: 'how hosts reach that port, for the join command',
    byDefault: 'the first address of this machine',
  },
  'certificate-life': {
    value: 'DURATION',
    meaning: 'how long the certificates of hosts are good; they are renewed at half of it',
    byDefault: '24h',
  },
  'dial-range': {
    value: 'CIDR',
    meaning: 'where agents that listen may be dialled; may be repeated, or a list with commas',
    byDefault: 'nowhere',
  },
  'connections-per-address': {
    value: 'N',
    meaning: 'new connections a second from one address, beside the agents known there',
    byDefault: '50',
  },
  'enrolments-per-address': {
    value: 'N',
    meaning: 'hosts that may join in a second from one address',
    byDefault: '20',
  },
  'history-days': { value: 'N', meaning: 'days that the history of changes is kept', byDefault: '90' },
  'removed-days': { value: 'N', meaning: 'days that the last records of removed networks are kept', byDefault: '365' },
  'operation-days': {
    value: 'N',
    meaning: 'days that finished operations, runs and notices are kept',
    byDefault: '90',
  },
  'link-socket': { value: 'PATH', meaning: 'Unix socket for an agent of this machine', byDefault: 'none' },
  ...ACCESS_SETTINGS,
  notifications: {
    value: 'FILE',
    meaning: 'channels that cleanup policies tell of their runs through: YAML or JSON, mode 0600',
    byDefault: 'none',
  },
  'log-level': { value: 'LEVEL', meaning: LOG_LEVELS.join(', '), byDefault: 'info' },
} as const;

type Setting = keyof typeof SETTINGS;
const NAMES = Object.keys(SETTINGS) as Setting[];

const WIDTH = 4 + Math.max(...NAMES.map((name) => `--${name} ${SETTINGS[name].value}`.length));

const describeFlag = (name: Setting): string => {
  const { value, meaning, byDefault } = SETTINGS[name];
  return `  --${name} ${value}`.padEnd(WIDTH) + `${meaning} (default: ${byDefault})`;
};

export const HELP = `Usage: fairlead controller [options]

Runs the controller: takes agents in, keeps the inventory, serves REST.

${NAMES.map(describeFlag).join('\n')}

Each can be set by a variable too: FAIRLEAD_CONTROLLER_PORT and so on. Flags win.

Examples:
  fairlead controller --data-dir /var/lib/fairlead
  fairlead controller --port 7810 --link-port 7811
`;

const PORT_RULE = 'must be a port: 0 to 65535';
const isPort = (text: string): boolean => /^\d{1,5}$/.test(text) && Number(text) <= 65_535;
const port = z.string().refine(isPort, PORT_RULE).transform(Number);
const portOrNone = z
  .string()
  .refine((text) => text === 'none' || isPort(text), `${PORT_RULE}, or none`)
  .transform((text) => (text === 'none' ? null : Number(text)));

const perSecond = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 10_000, 'must be 1 to 10000')
  .transform(Number);

const days = z
  .string()
  .refine((text) => /^\d{1,5}$/.test(text) && Number(text) >= 1 && Number(text) <= 36_500, 'must be 1 to 36500')
  .transform(Number);

const HOUR_MS = 3_600_000;
const SHORTEST_LIFE_MS = 10_000;
const LONGEST_LIFE_MS = 7 * 24 * HOUR_MS;

const life = z.string().transform((text, context) => {
  const fault = (message: string): never => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  try {
    const ms = parseDuration(text);
    return ms >= SHORTEST_LIFE_MS && ms <= LONGEST_LIFE_MS ? ms : fault('must be between 10s and 7d');
  } catch (error) {
    return fault(toFairleadError(error).message);
  }
});

const ranges = z.string().transform((text, context) => {
  const parts = text.split(',').map((each) => each.trim());
  try {
    return parts.filter((each) => each !== '').map(parseCidr);
  } catch (error) {
    context.addIssue({ code: 'custom', message: toFairleadError(error).message });
    return z.NEVER;
  }
});

const schema = z.object({
  'data-dir': z.string().min(1, 'must name a folder').optional(),
  port: port.default(7800),
  'keys-dir': z.string().min(1, 'must name a folder').optional(),
  'link-port': portOrNone.default(7801),
  'link-host': z
    .string()
    .refine((text) => isIP(text) !== 0, 'must be an IP address')
    .nullable()
    .default(null),
  advertise: z
    .string()
    .regex(/^(\[[0-9a-f:.]+\]|[\w.-]+)(:\d{1,5})?$/i, 'must be an address or a name, with a port or without')
    .nullable()
    .default(null),
  'certificate-life': life.default(24 * HOUR_MS),
  'dial-range': ranges.default([]),
  'connections-per-address': perSecond.default(50),
  'enrolments-per-address': perSecond.default(20),
  'history-days': days.default(DEFAULT_RETENTION.historyDays),
  'removed-days': days.default(DEFAULT_RETENTION.removedDays),
  'operation-days': days.default(DEFAULT_RETENTION.operationDays),
  'link-socket': z.string().min(1, 'must name a socket').nullable().default(null),
  ...accessShape,
  notifications: z.string().min(1, 'must name a file').nullable().default(null),
  'log-level': z.enum(LOG_LEVELS).default('info'),
} satisfies Record<Setting, z.ZodType>);

const PREFIX = 'FAIRLEAD_CONTROLLER_';
/** Of other programs; one shell may have them set for all. */
const FOREIGN = /^FAIRLEAD_(AGENT_|API_URL$)/;
export const variableOf = (setting: Setting): string => PREFIX + setting.toUpperCase().replace(/-/g, '_');

/**
 * Reads flags and `FAIRLEAD_CONTROLLER_*`; flags win.
 * @throws FairleadError `invalid_argument` with all faults at once; an unknown variable is one
 */
export function loadConfig(
  env: Readonly<Record<string, string | undefined>>,
  argv: readonly string[],
): ControllerConfig {
  const faults = unknownVariables(env);
  const flags = readFlags(argv, faults);
  const given = Object.fromEntries(
    NAMES.flatMap((setting) => {
      // A variable that is set to nothing is taken for one that is not set, as shells and compose files leave them.
      const value = flags[setting] ?? (env[variableOf(setting)] || undefined);
      return value === undefined ? [] : [[setting, value]];
    }),
  );
  const result = schema.safeParse(given);
  for (const issue of result.error?.issues ?? []) {
    faults.push({ path: `--${issue.path.join('.')}`, message: issue.message });
  }
  const folders = foldersOf(env, given);
  if (isWithin(folders.dataDir, folders.keysDir)) {
    faults.push({
      path: '--keys-dir',
      message: 'must not be in the data folder, or every copy of the data has the keys',
    });
  }
  const access = result.success ? toAccessConfig(result.data, faults) : undefined;
  if (!result.success || access === undefined || faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new FairleadError('invalid_argument', `The controller cannot start: ${list}`, {
      faults,
      hint: "See 'fairlead controller --help'.",
    });
  }
  const { data } = result;
  return {
    ...folders,
    access,
    port: data.port,
    linkPort: data['link-port'],
    linkHost: data['link-host'],
    advertise: data.advertise,
    certificateLifeMs: data['certificate-life'],
    dialRanges: data['dial-range'],
    connectionsPerAddress: data['connections-per-address'],
    enrolmentsPerAddress: data['enrolments-per-address'],
    retention: {
      ...DEFAULT_RETENTION,
      historyDays: data['history-days'],
      removedDays: data['removed-days'],
      operationDays: data['operation-days'],
    },
    linkSocket: data['link-socket'],
    notificationsFile: data.notifications,
    logLevel: data['log-level'],
  };
}

function foldersOf(
  env: Readonly<Record<string, string | undefined>>,
  given: Partial<Record<Setting, string>>,
): Pick<ControllerConfig, 'dataDir' | 'keysDir'> {
  const dataDir = given['data-dir'] || defaultDataDir(env);
  return { dataDir, keysDir: given['keys-dir'] || `${dataDir.replace(/\/+$/, '')}-keys` };
}

/** Whether a path is a folder or below it. */
function isWithin(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path));
  return way.split(sep)[0] !== '..' && !isAbsolute(way);
}

/** What the process was started with, for `loadConfig`. */
export const environment = (): NodeJS.ProcessEnv => process.env;

const defaultDataDir = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'fairlead');

type Faults = { path: string; message: string }[];

function readFlags(argv: readonly string[], faults: Faults): Partial<Record<Setting, string>> {
  try {
    const options = Object.fromEntries(
      NAMES.map((name) => [name, { type: 'string', multiple: name === 'dial-range' } as const]),
    );
    const { values } = parseArgs({ args: [...argv], options, strict: true });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    faults.push({ path: 'flags', message: error instanceof Error ? error.message : String(error) });
    return {};
  }
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): Faults {
  const known = NAMES.map(variableOf);
  return Object.keys(env)
    .filter((name) => name.startsWith('FAIRLEAD_') && !FOREIGN.test(name) && !known.includes(name))
    .map((path) => ({ path, message: `there is no such variable; did you mean ${nearest(path, known)}?` }));
}

/** Whether the command line asks how to use the program. */
export const asksForHelp = (argv: readonly string[]): boolean => argv.includes('--help') || argv.includes('-h');

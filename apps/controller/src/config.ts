import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FairleadError } from '@fairlead/domain';
import { z } from 'zod';

/** Settings of the controller. `docs/configuration.md` describes them. */
export interface ControllerConfig {
  /** Holds the database and its lock; made with mode 0700. */
  readonly dataDir: string;
  /** REST, on 127.0.0.1. 0 takes any free port. */
  readonly port: number;
  /** Link for agents, on 127.0.0.1. 0 takes any free port; null: none. */
  readonly linkPort: number | null;
  /** Unix socket for the agent of this machine, or null. */
  readonly linkSocket: string | null;
  readonly logLevel: 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';
}

const port = z.coerce.number('must be a number').int().min(0, 'must be 0 to 65535').max(65_535, 'must be 0 to 65535');

const schema = z.object({
  'data-dir': z.string().min(1).optional(),
  port: port.default(7800),
  'link-port': port.or(z.literal('none')).default(7801),
  'link-socket': z.string().min(1).nullable().default(null),
  'log-level': z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
});

type Setting = keyof z.input<typeof schema>;
const SETTINGS = Object.keys(schema.shape) as Setting[];
const PREFIX = 'FAIRLEAD_CONTROLLER_';
const variableOf = (setting: Setting): string => PREFIX + setting.toUpperCase().replace(/-/g, '_');

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
    SETTINGS.flatMap((setting) => {
      const value = flags[setting] ?? env[variableOf(setting)];
      return value === undefined ? [] : [[setting, value]];
    }),
  );
  const result = schema.safeParse(given);
  for (const issue of result.error?.issues ?? []) {
    faults.push({ path: `--${issue.path.join('.')}`, message: issue.message });
  }
  if (!result.success || faults.length > 0) {
    const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
    throw new FairleadError('invalid_argument', `The controller cannot start: ${list}`, {
      faults,
      hint: "See 'fairlead controller --help'.",
    });
  }
  const { data } = result;
  return {
    dataDir: data['data-dir'] ?? defaultDataDir(env),
    port: data.port,
    linkPort: data['link-port'] === 'none' ? null : data['link-port'],
    linkSocket: data['link-socket'],
    logLevel: data['log-level'],
  };
}

/** What the process was started with, for `loadConfig`. */
export const environment = (): NodeJS.ProcessEnv => process.env;

const defaultDataDir = (env: Readonly<Record<string, string | undefined>>): string =>
  join(env['XDG_STATE_HOME'] || join(homedir(), '.local', 'state'), 'fairlead');

type Faults = { path: string; message: string }[];

function readFlags(argv: readonly string[], faults: Faults): Partial<Record<Setting, string>> {
  try {
    const options = Object.fromEntries(SETTINGS.map((setting) => [setting, { type: 'string' as const }]));
    return parseArgs({ args: [...argv], options, strict: true }).values as Partial<Record<Setting, string>>;
  } catch (error) {
    faults.push({ path: 'flags', message: error instanceof Error ? error.message : String(error) });
    return {};
  }
}

function unknownVariables(env: Readonly<Record<string, string | undefined>>): Faults {
  const known = SETTINGS.map(variableOf);
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !known.includes(name))
    .map((path) => ({ path, message: `there is no such setting; there are ${known.join(', ')}` }));
}

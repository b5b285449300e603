import { access, readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { checkHostName, FairleadError } from '@fairlead/domain';
import type { Surroundings } from '@fairlead/engine';
import { parseLinkAddress } from '@fairlead/link';
import { LOG_LEVELS, type LogLevel } from './log.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What the agent is asked to do. `docs/configuration.md` describes the settings. */
export type AgentConfig =
  | { readonly kind: 'help' }
  | { readonly kind: 'locate'; readonly engine: string | undefined }
  | ({ readonly kind: 'serve' } & ServeConfig);

export interface ServeConfig {
  /** Empty for a demo fleet, whose hosts have names of their own. */
  readonly name: string;
  /** Undefined: to be located. */
  readonly engine: string | undefined;
  /** Where to dial; undefined: nowhere. */
  readonly controller: string | undefined;
  /** Where to listen; undefined: nowhere. */
  readonly listen: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  /** Holds the journal and its lock; made with mode 0700. */
  readonly dataDir: string;
  /** Number of simulated hosts; undefined: a real engine. */
  readonly demo: number | undefined;
  readonly logLevel: LogLevel;
  readonly logFormat: 'json' | 'text' | 'auto';
}

/** What can be set, for `--help` and `docs/configuration.md`. */
export const SETTINGS = {
  name: { value: 'HOST', meaning: "the host's name, unique in the fleet", byDefault: '' },
  controller: { value: 'ADDRESS', meaning: 'dial this controller: 127.0.0.1:7801 or unix:/path', byDefault: '' },
  listen: { value: 'ADDRESS', meaning: 'serve gRPC here: unix:/path (both may be given)', byDefault: '' },
  engine: {
    value: 'URL',
    meaning: 'the engine, such as unix:///var/run/docker.sock',
    byDefault: 'the one that the docker CLI would use',
  },
  label: { value: 'KEY=VALUE', meaning: 'a label of the host, to choose it by; may be repeated', byDefault: '' },
  'data-dir': { value: 'DIR', meaning: 'journal of operations', byDefault: '~/.local/state/fairlead-agent/HOST' },
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

export const HELP = `Usage: fairlead agent --name HOST (--controller ADDRESS | --listen ADDRESS) [options]

Runs the agent of one host beside its engine.

${NAMES.map(describeFlag).join('\n')}
  --locate             print the engine that would be used, as JSON, and end

Each but --locate can be set by a variable too: FAIRLEAD_AGENT_NAME, FAIRLEAD_AGENT_LABEL=a=b,c=d and so on.

Examples:
  fairlead agent --name web-1 --controller 127.0.0.1:7801 --label env=prod
  fairlead agent --name web-1 --listen unix:/run/fairlead-agent.sock
`;

const SWITCHES = ['locate', 'help'] as const;

const PREFIX = 'FAIRLEAD_AGENT_';
/** Of other programs; one shell may have them set for all. */
const FOREIGN = /^FAIRLEAD_(CONTROLLER_|API_URL$)/;
const MAX_DEMO_HOSTS = 10_000;

export const variableOf = (setting: Setting): string => PREFIX + setting.toUpperCase().replace(/-/g, '_');

interface Fault {
  readonly path: string;
  readonly message: string;
}
/** All that was given for a setting, in order; labels may be several. */
type Given = Partial<Record<Setting, string[]>>;

/**
 * Reads flags and `FAIRLEAD_AGENT_*`; flags win. Hand-written, because a schema library would be a third of the
 * agent's own memory (zod 4.6: 15 MB, measured on Node 20.20).
 * @throws FairleadError `invalid_argument` with all faults at once; an unknown variable or flag is one
 */
export function loadConfig(env: Environment, argv: readonly string[]): AgentConfig {
  const faults: Fault[] = unknownVariables(env);
  const { flags, switches } = readFlags(argv, faults);
  if (switches.has('help')) return { kind: 'help' };
  const given = { ...fromEnvironment(env), ...flags };
  const config = switches.has('locate')
    ? ({ kind: 'locate', engine: given.engine?.at(-1) } as const)
    : ({ kind: 'serve', ...readServe(given, env, faults) } as const);
  if (faults.length === 0) return config;
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  throw new FairleadError('invalid_argument', `The agent cannot start: ${list}`, {
    faults,
    hint: "See 'fairlead agent --help'.",
  });
}

/** What the process was started with, for `loadConfig`. */
export const environment = (): Environment => process.env;

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

function readServe(given: Given, env: Environment, faults: Fault[]): ServeConfig {
  const last = (setting: Setting): string | undefined => given[setting]?.at(-1);
  const demo = last('demo') === undefined ? undefined : readCount(last('demo') ?? '', faults);
  const name = last('name') ?? '';
  if (demo === undefined) checkName(name, faults);
  if (last('controller') === undefined && last('listen') === undefined) {
    faults.push({ path: '--controller', message: 'say where to dial, or where to listen with --listen' });
  }
  for (const setting of ['controller', 'listen'] as const) checkAddress(setting, last(setting), faults);
  return {
    name,
    engine: last('engine'),
    controller: last('controller'),
    listen: last('listen'),
    labels: readLabels(given.label ?? [], faults),
    dataDir: last('data-dir') ?? defaultDataDir(env, demo === undefined ? name : 'demo'),
    demo,
    logLevel: oneOf('log-level', last('log-level') ?? 'info', LOG_LEVELS, faults),
    logFormat: oneOf('log-format', last('log-format') ?? 'auto', ['json', 'text', 'auto'] as const, faults),
  };
}

function checkName(name: string, faults: Fault[]): void {
  if (name === '') {
    faults.push({ path: '--name', message: 'give the host a name' });
    return;
  }
  try {
    checkHostName(name);
  } catch (error) {
    const { message, hint } = error as FairleadError;
    faults.push({ path: '--name', message: `${message}. ${hint ?? ''}` });
  }
}

function checkAddress(setting: Setting, text: string | undefined, faults: Fault[]): void {
  if (text === undefined) return;
  try {
    parseLinkAddress(text);
  } catch (error) {
    const { message, hint } = error as FairleadError;
    faults.push({ path: `--${setting}`, message: `${message}. ${hint ?? ''}` });
  }
}

function readCount(text: string, faults: Fault[]): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_DEMO_HOSTS) return count;
  faults.push({ path: '--demo', message: `'${text}' is not a number of hosts from 1 to ${MAX_DEMO_HOSTS}` });
  return 1;
}

function readLabels(texts: readonly string[], faults: Fault[]): Record<string, string> {
  const entries = texts.flatMap((text): [string, string][] => {
    const cut = text.indexOf('=');
    const key = text.slice(0, Math.max(cut, 0));
    if (/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/.test(key)) return [[key, text.slice(cut + 1)]];
    faults.push({ path: '--label', message: `'${text}' is not KEY=VALUE` });
    return [];
  });
  return Object.fromEntries(entries);
}

function oneOf<T extends string>(setting: Setting, text: string, allowed: readonly T[], faults: Fault[]): T {
  const found = allowed.find((word) => word === text);
  if (found === undefined) faults.push({ path: `--${setting}`, message: `'${text}' is none of ${allowed.join(', ')}` });
  return found ?? (allowed[0] as T);
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
  const known = NAMES.map(variableOf);
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

const nearest = (text: string, known: readonly string[]): string =>
  [...known].sort((a, b) => distance(text, a) - distance(text, b))[0] ?? '';

/** Edits that lead from one text to the other (Levenshtein). */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

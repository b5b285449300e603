import { type Command, InvalidArgumentError, Option } from 'commander';
import { FairleadError, parseDuration } from '@fairlead/domain';
import { OUTPUT_FORMATS } from './output/format.js';

/** For options that may be repeated. */
export const collect = (value: string, previous: readonly string[] = []): string[] => [...previous, value];

/** Turns a domain parser that throws into one that commander reports with the option's name. */
export const parsed =
  <T>(parse: (text: string) => T) =>
  (text: string): T => {
    try {
      return parse(text);
    } catch (error) {
      const { message, hint } = error as FairleadError;
      throw new InvalidArgumentError(hint ? `${message}. ${hint}` : message);
    }
  };

/** A duration that is passed on as it was written, once it is known to be one. */
export const durationText = (text: string): string => {
  parsed(parseDuration)(text);
  return text;
};

export const integer = (text: string): number => {
  if (!/^-?\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
};

export const positive = (text: string): number => {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('It must be 1 or more.');
  return value;
};

/**
 * Flags of every command that speaks to the controller. The format has no default of its own, so that errors are data
 * only where data was asked for. `-o` is left to `--opt` where docker has it so.
 */
export function withClient(
  command: Command,
  byDefault: 'table' | 'json' = 'table',
  flags = '-o, --output <format>',
  formats: readonly string[] = OUTPUT_FORMATS,
): Command {
  return command
    .option('--api <url>', 'address of the controller (FAIRLEAD_API_URL, http://127.0.0.1:7800)')
    .addOption(new Option(flags, `how to print (default: ${byDefault})`).choices(formats));
}

export interface HostFlags {
  readonly host?: readonly string[] | undefined;
  readonly on?: string | undefined;
  readonly allHosts?: boolean | undefined;
}

/** Flags that choose hosts. */
export function withHosts(command: Command): Command {
  return command
    .addOption(
      new Option('--host <name>', 'host to act on; may be repeated').argParser(collect).conflicts(['on', 'allHosts']),
    )
    .addOption(new Option('--on <selector>', "hosts by label, such as 'env=prod,role!=db'").conflicts('allHosts'))
    .addOption(new Option('--all-hosts', 'every host of the fleet'));
}

/** How long a command may take, in milliseconds. */
export const timeoutOption = (byDefault: string): Option =>
  new Option('--timeout <duration>', `time for the whole operation (default: ${byDefault})`).argParser(
    parsed(parseDuration),
  );

/** `key=value` texts as a record; a key alone has the empty value where `bare` allows it. */
export function toRecord(
  flag: string,
  texts: readonly string[] = [],
  bare: 'bare' | 'never' = 'never',
): Record<string, string> {
  return Object.fromEntries(
    texts.map((text) => {
      const cut = text.indexOf('=');
      if (cut === 0 || (cut < 0 && bare === 'never') || text === '') throw notAPair(flag, text, bare);
      return cut < 0 ? [text, ''] : [text.slice(0, cut), text.slice(cut + 1)];
    }),
  );
}

function notAPair(flag: string, text: string, bare: 'bare' | 'never'): FairleadError {
  const form = bare === 'bare' ? 'KEY or KEY=VALUE' : 'KEY=VALUE';
  return new FairleadError('invalid_argument', `${flag}: '${text}' is not ${form}`, {
    faults: [{ path: flag, message: `is not ${form}` }],
  });
}

/** One `--filter key=value`. */
export interface Filter {
  readonly key: string;
  readonly value: string;
}

/** Reads `--filter` texts; keys other than those given are refused with the list of them. */
export function toFilters(texts: readonly string[] = [], keys: readonly string[]): Filter[] {
  return texts.map((text) => {
    const cut = text.indexOf('=');
    const key = text.slice(0, Math.max(cut, 0));
    if (!keys.includes(key)) {
      throw new FairleadError('invalid_argument', `--filter: '${text}' is not a filter of this command`, {
        hint: `Write KEY=VALUE, with one of these keys: ${keys.join(', ')}.`,
      });
    }
    return { key, value: text.slice(cut + 1) };
  });
}

/** `true` or `false`, as docker takes them in filters. */
export function toBoolean(key: string, text: string): boolean {
  if (/^(true|1)$/i.test(text)) return true;
  if (/^(false|0)$/i.test(text)) return false;
  throw new FairleadError('invalid_argument', `--filter: ${key} is true or false, not '${text}'`);
}

const SWITCHES = new Set([
  'attachable',
  'config-only',
  'ingress',
  'internal',
  'ipv4',
  'ipv6',
  'force',
  'yes',
  'no-trunc',
  'dry-run',
  'match-all',
  'report',
  'detach',
  'renumber',
  'device',
]);

/** docker takes `--internal=true` and `--ipv6=false` for switches; these are the same without a value. */
export function normalizeSwitches(argv: readonly string[]): string[] {
  return argv.flatMap((word) => {
    const [, name = '', value] = /^--([a-z0-9-]+)=(true|false|1|0)$/i.exec(word) ?? [];
    if (value === undefined || !SWITCHES.has(name)) return [word];
    if (/^(true|1)$/i.test(value)) return [`--${name}`];
    return name === 'ipv4' || name === 'ipv6' ? [`--no-${name}`] : [];
  });
}

/** Has commands, and those below them, miss a value where a flag of theirs stands in its place: `--run --dry-run`. */
export function refuseFlagsAsValues(command: Command): void {
  const isFlag = (text: string): boolean =>
    ['-h', '--help'].includes(text) || command.options.some(({ short, long }) => text === short || text === long);
  for (const option of command.options.filter(({ required }) => required)) {
    command.on(`option:${option.name()}`, (value: string) => {
      if (isFlag(value.replace(/=.*$/s, ''))) command.error(`error: option '${option.flags}' argument missing`);
    });
  }
  command.commands.forEach(refuseFlagsAsValues);
}

/** The choice that a filter names. @throws FairleadError `invalid_argument` */
export function oneOf<T extends string>(key: string, value: string, choices: readonly T[]): T {
  const choice = choices.find((one) => one === value);
  if (choice !== undefined) return choice;
  throw new FairleadError('invalid_argument', `--filter: ${key} is ${choices.join(', ')}, not '${value}'`);
}

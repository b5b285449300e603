import { checkHostName, FairleadError, type JoinToken, parseJoinToken } from '@fairlead/domain';
import { type LinkAddress, parseLinkAddress, parseListenAddress } from '@fairlead/link';

export type Environment = Readonly<Record<string, string | undefined>>;

export const PREFIX = 'FAIRLEAD_AGENT_';
/** Has no flag: arguments can be read by every user of a machine. */
export const TOKEN_VARIABLE = `${PREFIX}JOIN_TOKEN`;

const MAX_DEMO_HOSTS = 10_000;

/** What is wrong with one setting. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** A secret where others can read it is said to be there, and not shown. */
export function refuseMisplacedToken(env: Environment, argv: readonly string[]): void {
  const isToken = (text = ''): boolean => /flj1\./i.test(text);
  const inVariable = Object.keys(env).find(
    (name) => name.startsWith(PREFIX) && name !== TOKEN_VARIABLE && isToken(env[name]),
  );
  const isGiven = argv.some((word) => isToken(word) || /^--?(join-?)?token/i.test(word));
  if (!isGiven && inVariable === undefined) return;
  const message = isGiven
    ? 'The agent cannot start: a join token is no argument, since every user of this machine can read arguments'
    : `The agent cannot start: ${inVariable} holds a join token`;
  throw new FairleadError('invalid_argument', message, {
    hint: `Make a new token, as this one may have been seen, and give it in the variable ${TOKEN_VARIABLE}, as 'fairlead host join-token create' prints it.`,
  });
}

export function readToken(text: string | undefined, faults: Fault[]): JoinToken | undefined {
  if (text === undefined || text === '') return undefined;
  return attempt(TOKEN_VARIABLE, () => parseJoinToken(text), faults);
}

export function readName(name: string | undefined, isNeeded: boolean, faults: Fault[]): string | undefined {
  if (name !== undefined) attempt('--name', () => checkHostName(name), faults);
  else if (isNeeded) faults.push({ path: '--name', message: 'give the host a name' });
  return name;
}

/** Names are for dialling only: which of a name's addresses would be listened on? */
export function readAddress(
  setting: 'controller' | 'listen',
  text: string | undefined,
  faults: Fault[],
): LinkAddress | undefined {
  const parse = setting === 'listen' ? parseListenAddress : parseLinkAddress;
  return text === undefined ? undefined : attempt(`--${setting}`, () => parse(text), faults);
}

function attempt<T>(path: string, read: () => T, faults: Fault[]): T | undefined {
  try {
    return read();
  } catch (error) {
    const { message, hint } = error as FairleadError;
    faults.push({ path, message: `${message}. ${hint ?? ''}` });
    return undefined;
  }
}

export function readCount(text: string, faults: Fault[]): number {
  const count = Number(text);
  if (/^\d+$/.test(text) && count >= 1 && count <= MAX_DEMO_HOSTS) return count;
  faults.push({ path: '--demo', message: `'${text}' is not a number of hosts from 1 to ${MAX_DEMO_HOSTS}` });
  return 1;
}

export function readLabels(texts: readonly string[], faults: Fault[]): Record<string, string> {
  const entries = texts.flatMap((text): [string, string][] => {
    const cut = text.indexOf('=');
    const key = text.slice(0, Math.max(cut, 0));
    if (/^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/.test(key)) return [[key, text.slice(cut + 1)]];
    faults.push({ path: '--label', message: `'${text}' is not KEY=VALUE` });
    return [];
  });
  return Object.fromEntries(entries);
}

export function oneOf<T extends string>(path: string, text: string, allowed: readonly T[], faults: Fault[]): T {
  const found = allowed.find((word) => word === text);
  if (found === undefined) faults.push({ path, message: `'${text}' is none of ${allowed.join(', ')}` });
  return found ?? (allowed[0] as T);
}

import { isIP } from 'node:net';
import { explainReachability, FairleadError, isActive, type Reachability } from '@fairlead/domain';
import { type ContainerDetails, readInventory } from '@fairlead/engine';
import type { PingMessage, ProbeRequest__Output, ProbeResponse, ResolutionMessage } from '@fairlead/link';
import { isMissing, type NoTool, type ProbeTools } from '../probe/probe-tools.js';
import type { Handler, HandlerDeps } from './deps.js';

const MAX_COUNT = 10;
const DEFAULT_COUNT = 3;
/** Neither an option nor a word for a shell, whoever gets to see it. */
const TARGET = /^[A-Za-z0-9_.:][A-Za-z0-9_.:-]{0,252}$/;
const SOURCE = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,252}$/;

export const probe: Handler<'Probe', Promise<ProbeResponse>> = (deps) => async (request) => {
  const { from, target, count } = check(request);
  await deps.policy.check({ verb: 'probe' });
  const container = await deps.engine.inspectContainer(from);
  const networks = await readInventory(deps.engine);
  const why = explainReachability({ networks, from: container.id, to: target, elsewhere: [] });
  if (!isActive(container.state)) return { ...NOTHING_TRIED, explanation: why.explanation };
  const resolution = await resolve(deps, container, target);
  const address = isIP(target) === 0 ? resolution.addresses?.[0] : target;
  const ping = address === undefined ? NOT_PINGED : await send(deps, container, address, count);
  const reachable = (ping.received ?? 0) > 0;
  return { reachable, resolution, ping, explanation: explain(container.name, target, resolution, ping, why) };
};

const NOT_NEEDED: ResolutionMessage = { needed: false };
const NOT_PINGED: PingMessage = { tried: false };
const NOTHING_TRIED: ProbeResponse = { reachable: false, resolution: NOT_NEEDED, ping: NOT_PINGED };

function check({ from, target, count }: ProbeRequest__Output) {
  if (!SOURCE.test(from)) throw badText('container', from);
  if (!TARGET.test(target)) throw badText('target', target);
  if (count > MAX_COUNT) throw new FairleadError('invalid_argument', `At most ${MAX_COUNT} echo requests are sent`);
  return { from, target, count: count || DEFAULT_COUNT };
}

const badText = (what: string, text: string): FairleadError =>
  new FairleadError('invalid_argument', `'${text.slice(0, 253)}' cannot be the ${what} of a probe`, {
    hint: 'Give a name or an address: letters, digits, "_", ".", ":" and "-", not beginning with "-".',
  });

async function resolve(deps: HandlerDeps, from: ContainerDetails, target: string): Promise<ResolutionMessage> {
  if (isIP(target) !== 0) return NOT_NEEDED;
  const begun = deps.clock();
  const { result, method } = await firstThatCan(deps.probeTools, (tools) => tools.resolve(from, target));
  const base = { needed: true, durationMs: deps.clock() - begun, method };
  if (isMissing(result)) return { ...base, resolved: false, error: noTool(result) };
  return { ...base, resolved: result.addresses.length > 0, addresses: [...result.addresses], error: result.error };
}

async function send(deps: HandlerDeps, from: ContainerDetails, address: string, count: number): Promise<PingMessage> {
  const { result, method } = await firstThatCan(deps.probeTools, (tools) => tools.ping(from, address, count));
  if (isMissing(result)) return { tried: false, error: noTool(result), method };
  return { tried: true, ...result, roundTripMs: [...result.roundTripMs], method };
}

/** What the first tools say that are there; where none are, why each is not. */
async function firstThatCan<T extends object>(
  all: readonly ProbeTools[],
  ask: (tools: ProbeTools) => Promise<T | NoTool>,
): Promise<{ result: T | NoTool; method: string }> {
  const missing: string[] = [];
  for (const tools of all) {
    const result = await ask(tools);
    if (!isMissing(result)) return { result, method: tools.method };
    missing.push(result.missing);
  }
  return { result: { missing: missing.join('; ') }, method: '' };
}

const noTool = ({ missing }: NoTool): string =>
  `there is nothing to look with (${missing}). Use an image that has ping, or run the agent as root on the engine's machine with nsenter and ping installed`;

function explain(
  from: string,
  target: string,
  resolution: ResolutionMessage,
  ping: PingMessage,
  { possible, explanation }: Reachability,
): string {
  if (resolution.needed === true && resolution.resolved !== true) {
    return `'${from}' cannot resolve '${target}': ${resolution.error}. ${explanation}`;
  }
  const at = resolution.needed === true ? `'${target}' (${resolution.addresses?.[0]})` : `'${target}'`;
  if (ping.tried !== true) return `${at} was not pinged: ${ping.error}. ${explanation}`;
  if ((ping.received ?? 0) === 0) return `'${from}' does not reach ${at}: ${ping.error}. ${explanation}`;
  // What should not work and does is worth telling.
  const why = possible ? explanation : `By the networks alone it should not: ${explanation}`;
  return `'${from}' reaches ${at}: ${ping.received} of ${ping.sent} echoes came back${meanOf(ping)}. ${why}`;
}

function meanOf({ roundTripMs = [] }: PingMessage): string {
  if (roundTripMs.length === 0) return '';
  const total = roundTripMs.reduce<number>((sum, ms) => sum + Number(ms), 0);
  return `, ${(total / roundTripMs.length).toFixed(2)} ms on average`;
}

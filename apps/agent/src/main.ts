import { join, resolve } from 'node:path';
import { toFairleadError } from '@fairlead/domain';
import { connectEngine, demoFleet, locateEngine } from '@fairlead/engine';
import { type AgentOptions, type RunningAgent, startAgent } from './agent.js';
import { DEFAULT_POLICY, environment, HELP, loadConfig, type ServeConfig, surroundings } from './config.js';
import { chooseEngine, findAnswering, type LocatedEngine } from './find-engine.js';
import { createLog } from './log.js';

/** Ids on the demo's hosts are the same at every start. */
const DEMO_SEED = 1;

/** Runs the agent until SIGINT, SIGTERM or the end of its parent. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  try {
    const config = loadConfig(environment(), argv);
    switch (config.kind) {
      case 'help':
        return print(HELP);
      case 'locate':
        return print(`${JSON.stringify((await locate(config.engine)) ?? null)}\n`);
      case 'serve':
        return await serve(config);
    }
  } catch (error) {
    const { message, hint, traits } = toFairleadError(error);
    process.stderr.write(`fairlead agent: ${message}\n${hint === undefined ? '' : `${hint}\n`}`);
    return traits.exit;
  }
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

async function locate(engine: string | undefined): Promise<LocatedEngine | undefined> {
  return findAnswering(
    engine === undefined ? await locateEngine(surroundings()) : [{ url: engine, source: '--engine' }],
  );
}

async function serve(config: ServeConfig): Promise<number> {
  const log = createLog({
    level: config.logLevel,
    format: config.logFormat !== 'auto' ? config.logFormat : process.stderr.isTTY ? 'text' : 'json',
    write: (line) => void process.stderr.write(line),
    now: Date.now,
  });
  const stop = new AbortController();
  const { signal } = stop;
  const asked = untilAsked().then(() => stop.abort());
  const agents: RunningAgent[] = [];
  try {
    for (const member of await membersOf(config)) agents.push(await startAgent({ ...member, signal, log }));
    const listening = agents.flatMap((agent) => agent.listening ?? []);
    log.info('The agent is ready', { hosts: agents.length, controller: config.controller, listening });
    process.send?.({ type: 'ready', listening });
    await asked;
    return 0;
  } catch (error) {
    // Stopped while it waited to join.
    if (signal.aborted) return 0;
    throw error;
  } finally {
    await Promise.all(agents.map((agent) => agent.stop()));
  }
}

/** One host beside its engine, or the hosts of a demo fleet. */
async function membersOf(config: ServeConfig): Promise<Omit<AgentOptions, 'log'>[]> {
  const { name, machine, labels, dataDir, controller, listen, token, demo } = config;
  if (demo === undefined) {
    const engine = connectEngine(await chooseEngine(config.engine, surroundings()));
    const policy = { path: resolve(config.policy ?? DEFAULT_POLICY), required: config.policy !== undefined };
    return [{ name, machine, labels, engine, dataDir, controller, listen, token, policy }];
  }
  return demoFleet(demo, DEMO_SEED).map((member) => ({
    ...member,
    machine,
    token,
    // The machine's own policy is about the machine's own networks.
    policy: config.policy === undefined ? undefined : { path: resolve(config.policy), required: true },
    labels: { ...member.labels, ...labels },
    dataDir: join(dataDir, member.name),
    controller,
    listen: listen === undefined ? undefined : `${listen}.${member.name}`,
  }));
}

function untilAsked(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
    process.once('disconnect', resolve);
  });
}

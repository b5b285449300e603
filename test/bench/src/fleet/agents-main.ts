/**
 * Simulated agents, many in one process: agents-main.js, started with an IPC channel by its parent, which tells it what to
 * do (`orders.ts`). Ends with its parent.
 */
import { parseJoinToken } from '@fairlead/domain';
import { pick, seeded } from './chance.js';
import { type Made, type MadeMessage, type Order, type OrderMessage, type Orders, wallClock } from './orders.js';
import { SimulatedAgent } from './simulated-agent.js';
import { SimulatedIdentity } from './simulated-identity.js';
import { emptyTally } from './tally.js';

/** Hosts that join at once. */
const PARALLEL = 8;
/** Tries of one host to join: the controller may be busy. */
const TRIES = 20;
const TICK_MS = 10;

const tally = emptyTally();
const agents = new Map<string, SimulatedAgent>();
const random = seeded(process.pid);
let fleet: SimulatedAgent[] = [];
let changing: NodeJS.Timeout | undefined;

const acts: { readonly [K in Order]: (ask: Orders[K]['ask']) => Promise<Orders[K]['answer']> } = {
  enrol: async ({ controller, recruits, ...rest }) => {
    const waiting = [...recruits];
    const join = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const agent = new SimulatedAgent({ name: next.name, index: next.index, tally, ...rest });
        agent.identity = await enrol(controller, next.name, next.token);
        agents.set(next.name, agent);
      }
    };
    await Promise.all(Array.from({ length: PARALLEL }, join));
    fleet = [...agents.values()];
    return agents.size;
  },
  connect: async ({ controller, perSecond }) => {
    const begun = performance.now();
    for (const [index, agent] of fleet.entries()) {
      const due = begun + (index / perSecond) * 1000;
      if (due > performance.now()) await new Promise((resolve) => setTimeout(resolve, due - performance.now()));
      agent.connect(controller);
    }
    return null;
  },
  awaken: async () => {
    for (const agent of fleet) agent.awaken();
    return null;
  },
  disconnect: async () => {
    await Promise.all(fleet.map((agent) => agent.disconnect()));
    return null;
  },
  rate: async ({ perSecond, report }) => {
    clearInterval(changing);
    changing = perSecond > 0 ? startChanging(perSecond, report) : undefined;
    return null;
  },
  appear: async ({ host, network }) => {
    const agent = agents.get(host);
    if (agent === undefined) throw new Error(`There is no host ${host} in this process`);
    const at = wallClock();
    return { ...agent.appear(network), host, at };
  },
  drop: async ({ hosts }) => {
    for (let count = 0; count < hosts; count++) pick(random, fleet).drop();
    return null;
  },
  tally: async () => ({ ...tally }),
};

async function enrol(controller: string, name: string, token: string): Promise<SimulatedIdentity> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await SimulatedIdentity.join(controller, name, parseJoinToken(token));
    } catch (error) {
      if (attempt === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100 * attempt * (0.5 + random())));
    }
  }
}

function startChanging(perSecond: number, report: boolean): NodeJS.Timeout {
  const begun = performance.now();
  let done = 0;
  return setInterval(() => {
    const due = Math.floor(((performance.now() - begun) / 1000) * perSecond) - done;
    const made: Made[] = [];
    for (let count = 0; count < due; count++) {
      const agent = pick(random, fleet);
      const at = wallClock();
      made.push({ ...agent.change(random), host: agent.name, at });
    }
    done += due;
    if (report && made.length > 0) say({ made });
  }, TICK_MS);
}

const say = (message: MadeMessage | { id: number; answer?: unknown; error?: string }): void =>
  void process.send?.(message);

process.on('message', ({ id, order, ask }: OrderMessage) => {
  const act = acts[order] as (ask: unknown) => Promise<unknown>;
  act(ask).then(
    (answer) => say({ id, answer }),
    (error: unknown) => say({ id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }),
  );
});
process.on('disconnect', () => process.exit());

import { type NetworkSpec } from '@fairlead/domain';
import { below, digitsOf, mix, pick, type Random, seeded } from './chance.js';
import { PARTS, PROJECTS } from './words.js';

/**
 * One network of one simulated host in short; `describe` makes the whole record of it. Never changed, only replaced: so a
 * record that is made later is the one whose digest was told.
 */
export interface Plan {
  readonly id: string;
  /** Numbers the networks of a host. */
  readonly serial: number;
  readonly kind: 'bridge' | 'macvlan' | 'overlay' | 'built-in';
  /** Place of its Compose project among the host's; 0: none. */
  readonly project: number;
  /** Which of a project's networks, or of the host's macvlans or overlays, it is; else chooses its name. */
  readonly part: number;
  /** Which address range it has; see `rangeOf`. -1: none. */
  readonly pool: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** What it was asked for with, where it came by a command. */
  readonly spec: NetworkSpec | undefined;
  /** Each container twice its number, and one more where it runs. */
  readonly endpoints: readonly number[];
}

export interface Scale {
  /** Of one host, the engine's own included. */
  readonly networks: number;
  /** Of one network on average, over all of a host. */
  readonly endpoints: number;
}

export const DEFAULT_SCALE: Scale = { networks: 30, endpoints: 10 };

/** Hosts with the same overlay networks. Every other such group is a swarm. */
const CLUSTER = 20;
/** Containers that a project has at most, and by which its containers are numbered. */
export const POOL = 64;
const CHOSEN = 30;
/** So that the same seed makes the same ages. */
const EPOCH = Date.parse('2026-11-01T00:00:00Z');
const DAY_MS = 86_400_000;

const UNUSED = 0.2;
const STOPPED = 0.05;
const PROJECT_MEMBERS = 0.85;
const MACVLAN = 0.12;
/** Networks of the building that a host can be on. */
const LANS = 4;
const RUNNING = 0.85;

/** Who a simulated host is: everything else of it follows from this. */
export interface HostSeed {
  readonly seed: number;
  /** Place in the fleet. */
  readonly index: number;
}

export const hostSeed = (fleet: number, index: number): HostSeed => ({ seed: (fleet << 16) ^ index, index });

export const clusterOf = ({ index }: HostSeed): number => Math.floor(index / CLUSTER);
export const isInSwarm = (host: HostSeed): boolean => clusterOf(host) % 2 === 1;
/** 25 characters, as swarm's ids have; the same on all hosts of a cluster. */
export const overlayId = (host: HostSeed, part: number): string =>
  digitsOf(clusterOf(host), 7_000 + part, 32).slice(0, 25);
export const localId = ({ seed }: HostSeed, serial: number): string => digitsOf(seed, serial, 64);

/** The name of the project at a place of the host: no two places have the same. */
export const projectName = ({ seed }: HostSeed, project: number): string =>
  // 7 has no divisor in common with 60.
  PROJECTS[(mix(seed, 1) + project * 7) % PROJECTS.length] ?? '';

/** Whether a container ran when the host was made. */
export const ranAtFirst = ({ seed }: HostSeed, container: number): boolean =>
  mix(seed, 50_000 + container) / 2 ** 32 < RUNNING;

/** The networks that a host begins with. */
export function planHost(host: HostSeed, { networks, endpoints }: Scale): Plan[] {
  const random = seeded(mix(host.seed, 2));
  const plans: Plan[] = [
    built(host, 1, 0, chosen(host, random, 0, 8, false)),
    built(host, 2, -1, chosen(host, random, 0, 4, false)),
    built(host, 3, -1, []),
  ];
  const wanted = Math.max(0, networks - plans.length);
  const perUsed = Math.max(1, (networks * endpoints - 12) / (wanted * (1 - UNUSED)));
  const fill = (project: number): number[] => {
    if (random() < UNUSED) return [];
    return chosen(host, random, project, 1 + below(random, 2 * perUsed - 1), random() < STOPPED);
  };
  if (isInSwarm(host)) {
    for (let part = 0; part < Math.min(3, wanted); part++)
      plans.push(make(host, plans, 'overlay', 0, part, part, random, fill(0)));
  }
  let lans = 0;
  for (let project = 1; plans.length < networks; project++) {
    if (lans < LANS && random() < MACVLAN) {
      plans.push(make(host, plans, 'macvlan', 0, lans, lans, random, fill(0)));
      lans += 1;
    } else if (random() >= PROJECT_MEMBERS)
      plans.push(make(host, plans, 'bridge', 0, below(random, 8), plans.length, random, fill(0)));
    else {
      const parts = Math.min(1 + below(random, PARTS.length), networks - plans.length);
      for (let part = 0; part < parts; part++) {
        plans.push(make(host, plans, 'bridge', project, part, plans.length, random, fill(project)));
      }
    }
  }
  return plans;
}

function make(
  host: HostSeed,
  before: readonly Plan[],
  kind: Plan['kind'],
  project: number,
  part: number,
  pool: number,
  random: Random,
  endpoints: readonly number[],
): Plan {
  const serial = before.length + 1;
  const id = kind === 'overlay' ? overlayId(host, part) : localId(host, serial);
  const age = kind === 'overlay' ? (mix(clusterOf(host), part) % 300) + 100 : below(random, 400);
  return { id, serial, kind, project, part, pool, createdAt: EPOCH - age * DAY_MS, spec: undefined, endpoints };
}

const built = (host: HostSeed, serial: number, pool: number, endpoints: readonly number[]): Plan => ({
  id: localId(host, serial),
  serial,
  kind: 'built-in',
  project: 0,
  part: serial,
  pool,
  createdAt: EPOCH - 400 * DAY_MS,
  spec: undefined,
  endpoints,
});

/** Some containers of a project, all on one network. */
function chosen(host: HostSeed, random: Random, project: number, count: number, stopped: boolean): number[] {
  const first = below(random, CHOSEN);
  return Array.from({ length: Math.min(count, CHOSEN) }, (_, step) => {
    const container = project * POOL + ((first + step) % CHOSEN);
    return container * 2 + Number(!stopped && ranAtFirst(host, container));
  });
}

/** A container of a network's project that is not on it; undefined where all are. */
export function absentee(plan: Plan, random: Random): number | undefined {
  const there = new Set(plan.endpoints.map((endpoint) => endpoint >> 1));
  const away = Array.from({ length: CHOSEN }, (_, n) => plan.project * POOL + n).filter((each) => !there.has(each));
  return away.length === 0 ? undefined : pick(random, away);
}

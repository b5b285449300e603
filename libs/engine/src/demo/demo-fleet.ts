import { createSimulatedEngine, type SimulatedEngine } from '../simulated/index.js';
import { CI_HOST, DB_HOST, type DemoHost, type DemoNetwork, WEB_HOST } from './demo-hosts.js';

export interface DemoMember {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly engine: SimulatedEngine;
}

const KINDS: readonly DemoHost[] = [WEB_HOST, DB_HOST, CI_HOST];
const DAY_MS = 86_400_000;

/**
 * A fleet on simulated engines, with what real fleets have: web-1, db-1, ci-1, web-2, … Each has networks that are
 * used, unused, and used by stopped containers only; the hosts' subnets overlap each other.
 * @param count of hosts
 * @param seed the same seed gives the same ids
 * @param now milliseconds since the epoch; the networks' ages count back from it
 */
export function demoFleet(count: number, seed: number, now: () => number = Date.now): DemoMember[] {
  return Array.from({ length: count }, (_, index) => {
    const kind = KINDS[index % KINDS.length] ?? WEB_HOST;
    const number = Math.floor(index / KINDS.length) + 1;
    const labels = { ...kind.labels, zone: number % 2 === 1 ? 'north' : 'south' };
    return { name: `${kind.role}-${number}`, labels, engine: createDemoEngine(kind, seed * 1000 + index, now) };
  });
}

function createDemoEngine(host: DemoHost, seed: number, now: () => number): SimulatedEngine {
  const start = now();
  let age: number | undefined;
  const engine = createSimulatedEngine({ seed, now: () => (age === undefined ? now() : start - age * DAY_MS) });
  for (const network of [...host.networks].sort((a, b) => b.ageDays - a.ageDays)) {
    age = network.ageDays;
    engine.addNetwork(toSpec(network));
  }
  age = undefined;
  for (const container of host.containers) engine.addContainer(container);
  return engine;
}

function toSpec({ ageDays: _ageDays, project, subnet, ...spec }: DemoNetwork) {
  const name = project === undefined ? spec.name : `${project}_${spec.name}`;
  const labels = {
    ...spec.labels,
    ...(project !== undefined && { 'com.docker.compose.project': project, 'com.docker.compose.network': spec.name }),
  };
  const subnets = subnet === undefined ? [] : [{ cidr: subnet, ipRange: null, gateway: null, auxAddresses: {} }];
  return { ...spec, name, labels, subnets };
}

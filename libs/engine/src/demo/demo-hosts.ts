import type { NetworkSpec } from '@fairlead/domain';
import type { SimulatedContainer } from '../simulated/index.js';

export interface DemoNetwork extends Partial<Omit<NetworkSpec, 'subnets'>> {
  readonly name: string;
  /** Compose project; the network is then called `project_name`. */
  readonly project?: string;
  readonly subnet?: string;
  readonly ageDays: number;
}

export interface DemoHost {
  readonly role: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly networks: readonly DemoNetwork[];
  readonly containers: readonly SimulatedContainer[];
}

type State = NonNullable<SimulatedContainer['state']>;

/** A container as Compose makes it: `project-service-1`, found by its service's name. */
function composed(project: string, service: string, networks: string[], state: State = 'running'): SimulatedContainer {
  return {
    name: `${project}-${service}-1`,
    state,
    labels: { 'com.docker.compose.project': project, 'com.docker.compose.service': service },
    networks: networks.map((network) => ({ network: `${project}_${network}`, aliases: [service] })),
  };
}

/** A shop with a front and an internal back, its monitoring, and what was there before. */
export const WEB_HOST: DemoHost = {
  role: 'web',
  labels: { env: 'prod', role: 'web' },
  networks: [
    { name: 'frontend', project: 'shop', subnet: '10.10.0.0/24', ageDays: 61 },
    { name: 'backend', project: 'shop', internal: true, ageDays: 61 },
    { name: 'default', project: 'monitoring', ageDays: 118 },
    { name: 'default', project: 'legacy', ageDays: 402 },
    { name: 'shop-blue', ageDays: 89, labels: { release: 'blue' } },
    { name: 'debug-tmp', ageDays: 12 },
  ],
  containers: [
    composed('shop', 'web', ['frontend']),
    composed('shop', 'api', ['frontend', 'backend']),
    composed('shop', 'cart', ['backend']),
    composed('shop', 'migrate', ['backend'], 'exited'),
    composed('monitoring', 'prometheus', ['default']),
    composed('monitoring', 'grafana', ['default']),
    composed('legacy', 'web', ['default'], 'exited'),
    composed('legacy', 'worker', ['default'], 'exited'),
    { name: 'node-exporter', networks: ['host'] },
    { name: 'registry-cache' },
  ],
};

/** Databases with a network of the building's own (macvlan) and one for replication only. */
export const DB_HOST: DemoHost = {
  role: 'db',
  labels: { env: 'prod', role: 'db' },
  networks: [
    {
      name: 'lan',
      driver: 'macvlan',
      subnet: '10.20.0.0/24',
      options: { parent: 'eth0', macvlan_mode: 'bridge' },
      ageDays: 240,
    },
    { name: 'replication', internal: true, subnet: '10.30.0.0/28', ageDays: 240 },
    { name: 'default', project: 'monitoring', ageDays: 118 },
    // Overlaps the shop's front on the web hosts.
    { name: 'analytics', subnet: '10.10.0.0/25', ageDays: 33 },
    { name: 'backup', ageDays: 150 },
    { name: 'upgrade-14', ageDays: 201, labels: { purpose: 'upgrade' } },
  ],
  containers: [
    {
      name: 'postgres',
      networks: [
        { network: 'lan', ipv4: '10.20.0.10' },
        { network: 'replication', aliases: ['primary'] },
      ],
    },
    { name: 'postgres-standby', networks: [{ network: 'replication', aliases: ['standby'] }] },
    { name: 'redis', networks: [{ network: 'lan', ipv4: '10.20.0.11' }] },
    { name: 'metabase', networks: ['analytics'] },
    { name: 'pg-backup', networks: ['backup'], state: 'created' },
    composed('monitoring', 'postgres-exporter', ['default']),
  ],
};

/** A build machine with the leftovers of builds. */
export const CI_HOST: DemoHost = {
  role: 'ci',
  labels: { env: 'ci', role: 'ci' },
  networks: [
    { name: 'default', project: 'runner', ageDays: 75 },
    { name: 'default', project: 'build-4711', ageDays: 21 },
    { name: 'default', project: 'build-4712', ageDays: 21 },
    { name: 'default', project: 'build-4718', ageDays: 14 },
    { name: 'e2e', project: 'build-4718', internal: true, ageDays: 14 },
    { name: 'default', project: 'build-4731', ageDays: 2 },
    { name: 'default', project: 'build-4740', ageDays: 0 },
    { name: 'testcontainers', ageDays: 9, labels: { 'org.testcontainers': 'true' } },
  ],
  containers: [
    composed('runner', 'agent', ['default']),
    composed('runner', 'cache', ['default']),
    composed('build-4718', 'db', ['default', 'e2e'], 'exited'),
    composed('build-4731', 'app', ['default'], 'exited'),
    composed('build-4740', 'app', ['default']),
    composed('build-4740', 'db', ['default']),
  ],
};

/**
 * `npm run bench`: every figure of docs/benchmarks.md, printed as it stands there. Needs a lab (root, dockerd), but for
 * what is on simulated hosts. What takes long (`fleet`, `plan`, `prune`, `soak`) is run when it is named; see README.md.
 */
import { cpus, totalmem } from 'node:os';
import { startFleet } from './bench-fleet.js';
import { measureRun } from './fleet/cleaning.js';
import { measureFleet } from './fleet/fleet.js';
import { measureSoak } from './fleet/soak.js';
import { measureHandshakes } from './identity/handshakes.js';
import { measureHostile } from './identity/hostile.js';
import { measureJoining } from './identity/joining.js';
import { measureRenewing } from './identity/renewing.js';
import { measurePlanning } from './planning/planning.js';
import { measurePrune } from './prune.js';
import { type Finding, toMarkdown } from './report.js';
import { measureResident } from './resident.js';
import { measureSshList } from './ssh-list.js';
import { measureStarting } from './starting.js';
import { measureThrough } from './through.js';
import { measureVisible } from './visible.js';

type Part = (...numbers: number[]) => Promise<void>;

/** What can be asked for alone: `npm run bench -- identity`. */
const usual: Readonly<Record<string, Part>> = {
  engines: onEngines,
  identity: onSimulatedHosts,
  ssh: againstSsh,
  starting: async () => show('Starting, on a demo fleet', await measureStarting()),
};
const named: Readonly<Record<string, Part>> = {
  fleet: async (hosts = 10_000) =>
    show(`The inventory of ${hosts} simulated hosts (${machine})`, await measureFleet(hosts)),
  plan: async (hosts = 10_000) => show(`Cleanup plans for ${hosts} hosts (${machine})`, await measurePlanning(hosts)),
  prune: async (networks = 500, rounds = 3) => {
    for (const [how, iptables] of [
      ['with', true],
      ['without', false],
    ] as const) {
      const findings = await measurePrune(networks, rounds, iptables);
      show(`Removing unused networks of one host, its engine ${how} firewall rules (${machine})`, findings);
    }
  },
  run: async (hosts = 1_000) =>
    show(`A run of a cleanup policy over ${hosts} simulated hosts (${machine})`, await measureRun(hosts)),
  soak: async (minutes = 20, hosts = 1_000) =>
    show(`A soak of ${hosts} simulated hosts (${machine})`, await measureSoak(hosts, minutes)),
};

async function onEngines(): Promise<void> {
  const bench = await startFleet(2);
  try {
    const version = await bench.host.docker('version', '--format', '{{.Server.Version}}');
    const findings = [
      ...(await measureThrough(bench)),
      ...(await measureVisible(bench)),
      ...(await measureResident(bench)),
      ...(await measureJoining(bench)),
    ];
    show(`On two hosts of the lab (${machine}, Docker Engine ${version})`, findings);
  } finally {
    await bench.lab.stop();
  }
}

async function againstSsh(): Promise<void> {
  const bench = await startFleet(3);
  try {
    show(`One list, against ssh (${machine})`, await measureSshList(bench));
  } finally {
    await bench.lab.stop();
  }
}

async function onSimulatedHosts(): Promise<void> {
  show(`Identities, on simulated hosts (${machine})`, [
    ...(await measureHandshakes()),
    ...(await measureHostile()),
    ...(await measureRenewing()),
  ]);
}

const memory = (totalmem() / 2 ** 30).toFixed(0);
const machine = `${cpus().length} cores, ${memory} GiB, Node ${process.versions.node}`;
const show = (title: string, findings: readonly Finding[]): void =>
  void process.stdout.write(`${toMarkdown(title, findings)}\n`);

const parts = { ...usual, ...named };
const given = process.argv.slice(2);
const unknown = given.filter((word) => !Object.hasOwn(parts, word) && !/^[1-9]\d*$/.test(word));
if (unknown.length > 0) {
  process.stderr.write(`bench: there is no ${unknown.join(', ')}; there is ${Object.keys(parts).join(', ')}\n`);
  process.exit(2);
}
for (const [name, measure] of Object.entries(given.length === 0 ? usual : parts)) {
  const at = given.indexOf(name);
  if (given.length > 0 && at < 0) continue;
  const behind = given.slice(at + 1);
  const end = behind.findIndex((word) => Object.hasOwn(parts, word));
  const numbers = at < 0 ? [] : behind.slice(0, end < 0 ? undefined : end).map(Number);
  await measure(...numbers);
}

/** `npm run bench`: every figure of docs/benchmarks.md, printed as it stands there. Needs a lab (root, dockerd). */
import { cpus, totalmem } from 'node:os';
import { startFleet } from './bench-fleet.js';
import { toMarkdown } from './report.js';
import { measureResident } from './resident.js';
import { measureStarting } from './starting.js';
import { measureThrough } from './through.js';
import { measureVisible } from './visible.js';

const bench = await startFleet(2);
try {
  const version = await bench.host.docker('version', '--format', '{{.Server.Version}}');
  const findings = [
    ...(await measureThrough(bench)),
    ...(await measureVisible(bench)),
    ...(await measureResident(bench)),
  ];
  const memory = (totalmem() / 2 ** 30).toFixed(0);
  const machine = `${cpus().length} cores, ${memory} GiB, Node ${process.versions.node}, Docker Engine ${version}`;
  process.stdout.write(`${toMarkdown(`On two hosts of the lab (${machine})`, findings)}\n`);
} finally {
  await bench.lab.stop();
}
process.stdout.write(`${toMarkdown('Starting, on a demo fleet', await measureStarting())}\n`);

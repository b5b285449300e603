/**
 * Agents of simulated hosts that join, many in one process: agents-main.js CONTROLLER PREFIX COUNT FOLDER, with a join token
 * for all of them in FAIRLEAD_AGENT_JOIN_TOKEN. Prints "ready" when all have joined; runs until SIGTERM.
 */
import { join } from 'node:path';
import { startAgent } from '@fairlead/agent/start';
import { parseJoinToken } from '@fairlead/domain';
import { demoFleet } from '@fairlead/engine';

/** Hosts that join at once. */
const PARALLEL = 8;

const [controller, prefix = '', count = '0', folder = ''] = process.argv.slice(2);
const token = parseJoinToken(process.env['FAIRLEAD_AGENT_JOIN_TOKEN'] ?? '');
const nothing = (): void => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing };

const waiting = demoFleet(Number(count), 1).map(({ engine }, index) => ({ engine, name: `${prefix}-${index}` }));
await Promise.all(
  Array.from({ length: PARALLEL }, async () => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const { name, engine } = next;
      const where = { name, machine: name, dataDir: join(folder, name), controller, listen: undefined };
      await startAgent({ ...where, labels: {}, engine, token, policy: undefined, log });
    }
  }),
);
process.stdout.write('ready\n');

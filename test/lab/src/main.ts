import { parseArgs } from 'node:util';
import { cleanUp } from './cleanup.js';
import { LabError } from './command.js';
import { Fleet, type Ports } from './fleet.js';
import { images } from './image.js';
import { Lab } from './lab.js';

const usage = `Starts real Docker engines on this machine, each on a host of its own, with a controller and an agent on
every host. Ctrl-C stops all of it and removes everything that was made. Needs root.

  npm run lab -- [--hosts 3] [--swarm] [--port 7800] [--link-port 7801]
  npm run lab -- --clean         removes what crashed labs left
  npm run lab -- --help

  --hosts N        how many hosts (default 3)
  --swarm          joins them in one swarm, the first as its manager
  --port N         port of the controller's REST API (default 7800)
  --link-port N    port of the controller for agents (default 7801)
`;

const options = {
  hosts: { type: 'string', default: '3' },
  swarm: { type: 'boolean', default: false },
  clean: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
  port: { type: 'string', default: '7800' },
  'link-port': { type: 'string', default: '7801' },
} as const;

interface Wishes {
  hosts: number;
  swarm: boolean;
  ports: Ports;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  if (values.help) return say(usage);
  if (values.clean) return clean();
  const ports = { api: whole('port', values.port), link: whole('link-port', values['link-port']) };
  await run({ hosts: whole('hosts', values.hosts), swarm: values.swarm, ports });
}

async function clean(): Promise<void> {
  const removed = await cleanUp();
  say(removed.length > 0 ? removed.map((line) => `removed ${line}`).join('\n') : 'No crashed lab has left anything.');
}

/** Runs until Ctrl-C, which also ends a start that is under way. */
async function run(wishes: Wishes): Promise<void> {
  const interrupted = untilInterrupted();
  say(`Starting ${wishes.hosts} hosts …`);
  const lab = await Lab.start({ hosts: wishes.hosts });
  try {
    const fleet = await Promise.race([startOn(lab, wishes), interrupted]);
    await interrupted;
    say('\nStopping …');
    await fleet?.stop();
  } finally {
    await lab.stop();
  }
  say('Everything is stopped and removed.');
}

async function startOn(lab: Lab, { swarm, ports }: Wishes): Promise<Fleet> {
  say(`${lab.hosts.length} engines answer after ${lab.startSeconds.toFixed(1)} s. Starting controller and agents …`);
  if (swarm) await lab.swarm();
  const fleet = await Fleet.start(lab, ports);
  say(guide(lab, fleet, ports));
  return fleet;
}

function guide(lab: Lab, fleet: Fleet, { api }: Ports): string {
  const [first] = lab.hosts;
  const where = api === 7800 ? '' : `FAIRLEAD_API_URL=${fleet.url} `;
  const fairlead = `${where}npx fairlead`;
  const docker = `docker -H ${first?.engineUrl}`;
  const link = `ip -n ${lab.switchNamespace} link set ${first?.name}`;
  return `
Controller  ${fleet.url}
${lab.hosts.map(({ name, address, engineUrl }) => `${name.padEnd(11)} ${address}  ${engineUrl}`).join('\n')}
Logs        ${fleet.directory}

Try in another terminal:
  export FAIRLEAD_TOKEN_FILE=${fleet.tokenFile}
  ${fairlead} host ls
  ${fairlead} network create --all-hosts my-net
  ${docker} run -d --name one --network my-net ${images.busybox} sleep 100000
  ${fairlead} network inspect ${first?.name}/my-net
  ${link} nomaster         # cuts the link of ${first?.name}
  ${link} master switch    # heals it
  ip netns exec ${first?.namespace} ip addr

Ctrl-C stops everything and removes it.`;
}

function untilInterrupted(): Promise<undefined> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => resolve(undefined));
  });
}

function whole(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text);
  throw new LabError(`--${flag} takes a whole number, not '${text}'. See npm run lab -- --help.`);
}

function say(text: string): void {
  process.stdout.write(`${text.trimEnd()}\n`);
}

try {
  await main();
} catch (error) {
  const isFault = error instanceof LabError || (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS');
  process.stderr.write(`lab: ${isFault ? (error as Error).message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = 1;
}

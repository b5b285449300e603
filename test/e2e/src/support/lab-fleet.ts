import { type Client, createClient, type NetworkView } from '@fairlead/api';
import { Lab, type LabHost, type LabOptions } from '@fairlead/lab';
import { Fleet, type FleetOptions } from '@fairlead/lab/fleet';
import { type CommandResult, fairlead, freePort, until } from './program.js';

/**
 * A lab with a controller and an agent beside each engine, all as a user starts them, and a user at the CLI. Agents
 * reach the controller through the lab's tunnels, so that cutting a host's link cuts its agent off.
 */
export class LabFleet {
  readonly client: Client;

  private constructor(
    readonly lab: Lab,
    readonly fleet: Fleet,
  ) {
    this.client = createClient({ baseUrl: fleet.url, headers: fleet.headers });
  }

  static async start(options: LabOptions, fleetOptions: FleetOptions = {}): Promise<LabFleet> {
    const lab = await Lab.start(options);
    try {
      const ports = { api: await freePort(), link: await freePort() };
      return new LabFleet(lab, await Fleet.start(lab, ports, fleetOptions));
    } catch (error) {
      await lab.stop();
      throw error;
    }
  }

  get hosts(): readonly LabHost[] {
    return this.lab.hosts;
  }

  host(index: number): LabHost {
    const host = this.hosts[index];
    if (host === undefined) throw new Error(`the lab has no host ${index}`);
    return host;
  }

  /** Runs `fairlead …` against this controller as its admin, without a terminal. */
  cli(...args: string[]): Promise<CommandResult> {
    return fairlead([...args, '--api', this.fleet.url], { env: { FAIRLEAD_TOKEN_FILE: this.fleet.tokenFile } });
  }

  /** As `cli`; it has to succeed. @returns what it printed */
  async done(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await this.cli(...args);
    if (code !== 0) throw new Error(`fairlead ${args.join(' ')} ended with ${code}: ${stderr || stdout}`);
    return stdout;
  }

  /** As `done`, with JSON output. */
  async json<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.done(...args, '--output', 'json')) as T;
  }

  /** What the controller shows of a host. */
  async inventory(host: LabHost): Promise<NetworkView[]> {
    const { items } = await this.client.listNetworks({ query: { host: [host.name], limit: 500 } });
    return [...items];
  }

  /** Whether the controller shows exactly what `docker network ls` shows on every host. */
  async agrees(hosts: readonly LabHost[] = this.hosts): Promise<boolean> {
    const checks = hosts.map(async (host) => {
      const [ours, theirs] = await Promise.all([this.inventory(host), engineView(host)]);
      const shown = ours.map((network) =>
        [network.id, network.name, network.driver, network.scope, network.freshness].join(' '),
      );
      return JSON.stringify(shown.sort()) === JSON.stringify(theirs.map((line) => `${line} live`).sort());
    });
    return (await Promise.all(checks)).every(Boolean);
  }

  /** Whether the host is live and its inventory is what its engine shows, as `doctor --consistency` finds. */
  async isConsistent(host: LabHost): Promise<boolean> {
    const { consistent, freshness } = await this.client.checkHost({ params: { host: host.name } });
    return consistent && freshness === 'live';
  }

  /** Asks again until it holds. The time is generous: what is promised about time is measured by the bench. */
  until(holds: () => Promise<boolean>, what: string, withinMs?: number): Promise<void> {
    return until(holds, what, withinMs);
  }

  /** Ends everything at once and removes it. */
  async stop(): Promise<void> {
    await this.lab.stop();
  }
}

async function engineView(host: LabHost): Promise<string[]> {
  const lines = await host.docker(
    'network',
    'ls',
    '--no-trunc',
    '--format',
    '{{.ID}} {{.Name}} {{.Driver}} {{.Scope}}',
  );
  return lines.split('\n').filter((line) => line !== '');
}

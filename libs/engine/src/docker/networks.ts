import {
  type EndpointSpec,
  type EngineFacts,
  FairleadError,
  type NetworkAttributes,
  type NetworkSpec,
} from '@fairlead/domain';
import { attachmentName } from './attachment-name.js';
import { needsOfEndpoint, needsOfNetwork, requireSupport } from './capabilities.js';
import type { Connection } from './connection.js';
import { inspectContainer } from './containers.js';
import { isPodman } from './describe.js';
import type { EngineCall } from './errors.js';
import { toNetworkAttributes } from './map-network.js';
import { toConnectBody, toCreateBody } from './map-spec.js';
import type { RawNetwork, RawVersion } from './raw.js';
import { pathSegment, shown } from './reference.js';

/** The engine's `/networks`. */
export class Networks {
  constructor(
    private readonly connection: Connection,
    private readonly describe: () => Promise<EngineFacts>,
  ) {}

  async list(): Promise<NetworkAttributes[]> {
    const raw = await this.connection.json({ call: 'network.list', subject: '', method: 'GET', path: '/networks' });
    return (raw as RawNetwork[]).map(toNetworkAttributes);
  }

  async inspect(reference: string): Promise<NetworkAttributes> {
    const segment = pathSegment(reference);
    if (segment === undefined) return this.findUnroutable(reference);
    const request = { call: 'network.inspect', subject: reference, method: 'GET' } as const;
    return toNetworkAttributes(
      (await this.connection.json({ ...request, path: `/networks/${segment}` })) as RawNetwork,
    );
  }

  async create(spec: NetworkSpec): Promise<{ id: string; warning: string }> {
    if (spec.name === '') throw nameless();
    for (const driver of [spec.driver, spec.ipamDriver]) checkDriver(driver);
    await requireSupport(needsOfNetwork(spec), this.describe);
    const request = { call: 'network.create', subject: spec.name, method: 'POST', path: '/networks/create' } as const;
    const answer = (await this.connection.json({ ...request, body: toCreateBody(spec) })) as {
      Id: string;
      Warning?: string | null;
    };
    return { id: answer.Id, warning: answer.Warning ?? '' };
  }

  async connect(networkId: string, container: string, endpoint: EndpointSpec): Promise<void> {
    await requireSupport(needsOfEndpoint(endpoint), this.describe);
    const name = await this.nameFor(networkId, container);
    await this.act('network.connect', name, container, toConnectBody(container, endpoint));
  }

  async disconnect(networkId: string, container: string, force: boolean): Promise<void> {
    const name = await this.nameFor(networkId, container);
    await this.act('network.disconnect', name, container, { Container: container, Force: force });
  }

  async remove(networkId: string): Promise<void> {
    const request = { call: 'network.remove', subject: networkId, method: 'DELETE' } as const;
    const segment = requireSegment(networkId);
    const target = (await this.isPodman()) ? pathSegment((await this.inspect(networkId)).name) : segment;
    await this.connection.text({ ...request, path: `/networks/${target ?? segment}` });
  }

  /**
   * Podman 5.8 looks for the containers of a network under what it was called in the request: by its id it removes one
   * that is in use, under running containers too; by its name it refuses. Docker's name stands at the head of each of
   * its answers, the look before the removal among them; its `/version` takes 5 to 12 ms, as it asks other programs for
   * theirs (20.10.24).
   */
  private async isPodman(): Promise<boolean> {
    if (this.connection.lastServer.startsWith('Docker/')) return false;
    const request = { call: 'network.remove', subject: '', method: 'GET', path: '/version' } as const;
    return isPodman((await this.connection.json(request)) as RawVersion);
  }

  private nameFor(networkId: string, container: string): Promise<string> {
    const looks = {
      inspectNetwork: (reference: string) => this.inspect(reference),
      inspectContainer: (reference: string) => inspectContainer(this.connection, reference),
    };
    return attachmentName(looks, networkId, container);
  }

  private async act(
    call: EngineCall & `network.${'connect' | 'disconnect'}`,
    network: string,
    container: string,
    body: object,
  ): Promise<void> {
    const verb = call === 'network.connect' ? 'connect' : 'disconnect';
    const subject = `Container '${container}' and network '${network}'`;
    await this.connection.text({
      call,
      subject,
      method: 'POST',
      path: `/networks/${requireSegment(network)}/${verb}`,
      body,
    });
  }

  /**
   * Networks whose names no path can carry, such as `..` or `a/b`, are found in the list. Ids and their beginnings are
   * never such texts, so the name alone is looked for.
   */
  private async findUnroutable(name: string): Promise<NetworkAttributes> {
    const found = (await this.list()).filter((network) => network.name === name);
    if (found.length > 1)
      throw new FairleadError('ambiguous_name', `${found.length} networks are called '${shown(name)}'`);
    return found[0] ?? noSuchNetwork(name);
  }
}

function requireSegment(networkId: string): string {
  return pathSegment(networkId) ?? noSuchNetwork(networkId);
}

function noSuchNetwork(reference: string): never {
  throw new FairleadError('network_not_found', `There is no network '${shown(reference)}'`);
}

/** `bridge`, `vieux/plugin:latest`, `registry.example:5000/a/plugin@sha256:…` */
const DRIVER = /^[A-Za-z0-9][A-Za-z0-9_.-]*(?:[/:@][A-Za-z0-9][A-Za-z0-9_.-]*)*$/;

/**
 * An engine looks for a driver that it does not know in files that are named like it, for 15 s (seen on 20.10); a name
 * such as `../x` would lead it to others.
 */
function checkDriver(driver: string): void {
  if (driver === '' || (driver.length <= 255 && DRIVER.test(driver))) return;
  throw new FairleadError('invalid_argument', `'${shown(driver)}' is not the name of a driver`, {
    hint: 'Give a driver such as bridge or macvlan, or the name of a plugin.',
  });
}

/** Not left to the engine: Docker 20.10 answers that the name exists already, and Podman 5.8 makes a name up. */
const nameless = (): FairleadError =>
  new FairleadError('invalid_argument', 'A network needs a name', { hint: 'Give the new network a name.' });

import type { EnginePort } from '../port.js';
import { parseEngineUrl } from './address.js';
import { Connection, type Timeouts } from './connection.js';
import { inspectContainer, listContainers } from './containers.js';
import { describeEngine, pingEngine } from './describe.js';
import { followEvents } from './events.js';
import { execute } from './exec.js';
import { Networks } from './networks.js';

export interface DockerEngineOptions {
  /** For a read, in milliseconds; 30 s unless said. Writes may take four times as long, a ping at most 5 s. */
  readonly timeoutMs?: number;
}

const timeoutsOf = ({ timeoutMs = 30_000 }: DockerEngineOptions): Timeouts => ({
  ping: Math.min(5_000, timeoutMs),
  read: timeoutMs,
  write: timeoutMs * 4,
});

/**
 * A Docker-compatible engine: Docker Engine 20.10 and newer, or Podman's Docker API. Nothing is sent before the first
 * call. Paths carry no API version, which every engine takes to mean its newest; a pinned one is refused by some.
 * @param url `unix:///…`, `tcp://` or `http://` on loopback, `https://…`
 * @throws FairleadError `invalid_argument` where the URL is none of these
 */
export function createDockerEngine(url: string, options: DockerEngineOptions = {}): EnginePort {
  const connection = new Connection(url, parseEngineUrl(url), timeoutsOf(options));
  const describe = () => describeEngine(connection);
  const networks = new Networks(connection, describe);
  return {
    describe,
    ping: () => pingEngine(connection),
    listNetworks: () => networks.list(),
    inspectNetwork: (reference) => networks.inspect(reference),
    listContainers: () => listContainers(connection),
    inspectContainer: (reference) => inspectContainer(connection, reference),
    createNetwork: (spec) => networks.create(spec),
    connect: (networkId, container, endpoint) => networks.connect(networkId, container, endpoint),
    disconnect: (networkId, container, force) => networks.disconnect(networkId, container, force),
    removeNetwork: (networkId) => networks.remove(networkId),
    followEvents: (handlers, signal) => followEvents(connection, handlers, signal),
    execute: (containerId, argv, timeoutMs) => execute(connection, containerId, argv, timeoutMs),
    close: () => connection.close(),
  };
}

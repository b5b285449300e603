import type { ContainerState, EndpointSpec, EngineFacts, NetworkAttributes, NetworkSpec } from '@fairlead/domain';

/**
 * The border with Docker: everything that Fairlead ever asks of an engine, and nothing else. Two adapters implement
 * it, one over dockerode and one simulated, and both pass the one conformance suite of this library.
 *
 * All methods throw FairleadError only. `engine_unavailable`: no answer, or none in time. `engine_refused` (4xx) and
 * `engine_failed` (5xx): anything the adapter cannot name better. `engineMessage` always holds the engine's own words.
 */
export interface EnginePort {
  /** Kind, versions and swarm membership. */
  describe(): Promise<EngineFacts>;

  /** Resolves when the engine answers. */
  ping(): Promise<void>;

  /** All networks, in no order. Engines leave the endpoints out here; join them with `listContainers`. */
  listNetworks(): Promise<NetworkAttributes[]>;

  /**
   * One network by what the engine accepts: full id, then name, then unique id prefix. The caller compares `.id`
   * before acting on it: engines resolve a stale full id to a network *named* like it.
   * @throws network_not_found, ambiguous_name
   */
  inspectNetwork(reference: string): Promise<NetworkAttributes>;

  /** All containers, running or not, with their attachments. */
  listContainers(): Promise<ContainerFacts[]>;

  /** @throws container_not_found, ambiguous_name */
  inspectContainer(reference: string): Promise<ContainerDetails>;

  /**
   * @throws already_exists, network_predefined, subnet_overlap, addresses_exhausted, not_swarm_manager,
   * invalid_argument, engine_refused, unsupported (a flag this engine does not know)
   */
  createNetwork(spec: NetworkSpec): Promise<{ readonly id: string; readonly warning: string }>;

  /**
   * A stopped container's is recorded only, by the network's name and in the place of one to a network of that name
   * that is gone. Docker takes a MAC address without a word and gives another one (seen on 20.10 to 28.5).
   * @throws network_not_found, container_not_found, already_connected, invalid_argument, engine_refused
   */
  connect(networkId: string, container: string, endpoint: EndpointSpec): Promise<void>;

  /** @throws network_not_found, container_not_found, not_connected */
  disconnect(networkId: string, container: string, force: boolean): Promise<void>;

  /**
   * Sends the DELETE. The caller has made sure by `inspectNetwork` that the id is the network's full id.
   * @throws network_not_found, network_in_use, network_predefined, not_swarm_manager
   */
  removeNetwork(networkId: string): Promise<void>;

  /**
   * Follows the engine's events about networks and about containers' life until `signal` aborts (resolves) or the
   * stream ends or breaks (rejects with engine_unavailable). Calls `opened` once the engine has accepted the
   * subscription: what is listed after that cannot miss a change. Events are hints, never a log: engines keep 256 of
   * all kinds, drop them silently, and slow down for a subscriber that does not read, so `event` must return at once.
   * Config-only networks make no events at all (seen on Docker 20.10), and Podman's prune makes none.
   */
  followEvents(
    handlers: { readonly opened: () => void; readonly event: (event: EngineEvent) => void },
    signal: AbortSignal,
  ): Promise<void>;

  /**
   * Runs a program inside a running container. `argv` is passed as it is; no shell sees it.
   * @throws container_not_found, engine_refused (not running), deadline_exceeded
   */
  execute(containerId: string, argv: readonly string[], timeoutMs: number): Promise<ExecutionResult>;

  /** Ends open connections and streams. */
  close(): void;
}

export interface EngineEvent {
  readonly type: 'network' | 'container';
  /** The engine's word: create, connect, disconnect, destroy, remove, prune, start, die, rename, … */
  readonly action: string;
  /** Id of the network or container; empty where the engine gives none (prune, Podman's connect and disconnect). */
  readonly id: string;
}

/** One line of the container list. */
export interface ContainerFacts {
  readonly id: string;
  readonly name: string;
  readonly state: ContainerState;
  readonly labels: Readonly<Record<string, string>>;
  /** `default`, `host`, `none`, `container:<id>` or a network's name or id. */
  readonly networkMode: string;
  readonly attachments: readonly Attachment[];
}

export interface Attachment {
  /** The key under which the engine lists it: the network's name. */
  readonly networkName: string;
  /**
   * Empty for a container that was never started (Docker 20.10 to 28.5; Podman fills it), and on networks that it was
   * connected to while stopped (seen on 20.10). Join by id, else by name.
   */
  readonly networkId: string;
  readonly endpointId: string;
  readonly ipv4: string;
  readonly ipv6: string;
  readonly mac: string;
  readonly aliases: readonly string[];
}

/** An attachment with what was asked for it. A stopped container keeps that, also when the network is gone. */
export interface ConfiguredAttachment extends Attachment {
  /**
   * As `connect` takes it, without what the engine adds. Of the MAC address Docker tells on the network that the
   * container was made for, else only until it starts there. Podman 5.8 tells neither static addresses nor links,
   * priorities or driver options.
   */
  readonly configured: EndpointSpec;
}

export interface ContainerDetails extends ContainerFacts {
  readonly attachments: readonly ConfiguredAttachment[];
  /** Process id on the host, 0 where the container does not run. */
  readonly pid: number;
}

export interface ExecutionResult {
  /** 126 and 127 mean that the program is not there or cannot be run. */
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { labAvailability } from './availability.js';
import { markedEnvironment } from './child.js';
import { cleanUp, dismantle } from './cleanup.js';
import { LabError } from './command.js';
import { dockerd, podman } from './engine-program.js';
import { Engine } from './engine.js';
import { LabHost } from './host.js';
import { makeImages } from './image.js';
import { Machine } from './machine.js';
import { inNamespace } from './namespace.js';
import { LabRecord } from './record.js';
import { formSwarm } from './swarm.js';
import { Switch, hostName, stationOf, type Station } from './switch.js';
import { openTunnel, publishPort } from './tunnel.js';
import type { UnpackedEngine } from './variants.js';
import { allDone } from './waiting.js';

/** The folder of all relays' sockets and logs. */
const tunnelFolder = 'tunnels';

export interface LabOptions {
  /** How many hosts, 1 to 100. An idle one takes about 160 MB of memory. */
  hosts: number;
  /** Where everything lives: a folder that is empty or not there yet. Default: a new one in the system's folder for temporary files. */
  directory?: string;
  /** The engine of every host, or of each by its host's name. Default: this machine's dockerd. See `unpackEngine`. */
  engine?: UnpackedEngine | ((host: string) => UnpackedEngine | undefined);
  /** More arguments for every dockerd, or for each by its host's name. */
  engineArgs?: readonly string[] | ((host: string) => readonly string[]);
  /** false: engines that write no firewall rules. Networks are made ten times faster, but nothing is published or kept apart. */
  iptables?: boolean;
}

/**
 * A fleet of real Docker engines on this machine, each in network, mount and UTS namespaces of its own.
 *
 * Invariants: what is made was recorded before; after `stop()` nothing of it is left, and after a crash
 * `cleanUp()`, which every start begins with, removes it. Nothing else of the machine is touched.
 */
export class Lab {
  readonly hosts: readonly LabHost[];
  private readonly wiring: Switch;
  private readonly stations: readonly Station[];
  private readonly tunnels = new Map<number, Promise<string>>();
  private started = 0;
  private stopped: Promise<void> | undefined;

  private constructor(
    private readonly record: LabRecord,
    readonly directory: string,
    options: LabOptions,
  ) {
    this.stations = Array.from({ length: options.hosts }, (_, index) => stationOf(record, index));
    this.wiring = new Switch(record, this.stations);
    const images = once(makeImages);
    this.hosts = this.stations.map((station) => {
      const unpacked = engineOf(station.name, options);
      const machine = new Machine(record, station, join(directory, station.name), unpacked?.root);
      const program = unpacked?.kind === 'podman' ? podman(machine, options) : dockerd(machine, options);
      const engine = new Engine(machine, program);
      return new LabHost(machine, engine, this.wiring, images);
    });
  }

  /** Starts the name of everything that the lab makes outside its folder. */
  get mark(): string {
    return this.record.mark;
  }

  /** Where the hosts' links meet, each on a port with the host's name. */
  get switchNamespace(): string {
    return this.wiring.namespace;
  }

  /** The address of the switch, which all hosts reach and which reaches all hosts. */
  get switchAddress(): string {
    return this.wiring.address;
  }

  /** How long the start took, in seconds. */
  get startSeconds(): number {
    return this.started;
  }

  /**
   * Starts the hosts side by side, with both images loaded.
   * @throws LabError if the machine cannot run a lab, or a part of it does not start; then nothing is left.
   */
  static async start(options: LabOptions): Promise<Lab> {
    const availability = labAvailability();
    if (!availability.available) throw new LabError(`No lab can run on this machine: ${availability.reason}.`);
    if (!(options.hosts >= 1)) throw new LabError(`A lab needs at least one host, not ${options.hosts}.`);
    await cleanUp().catch(warnAboutLeftovers);
    const record = LabRecord.claim();
    try {
      const lab = new Lab(record, makeDirectory(record, options), options);
      await lab.bringUp();
      return lab;
    } catch (error) {
      await dismantle(record);
      throw error;
    }
  }

  /** Starts a program beside the hosts, in the machine's own network. `stop()` kills it and all that it started. */
  spawn(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return spawn(program, args, { ...options, env: markedEnvironment(this.record, options.env) });
  }

  /** Starts a program on the switch: a machine of its own on the hosts' network. `stop()` kills it and all that it started. */
  spawnOnSwitch(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    const [enter = '', ...place] = inNamespace(this.wiring.namespace);
    return this.spawn(enter, [...place, program, ...args], options);
  }

  /** Opens a way from this machine's loopback to a port on the loopback of the switch. */
  publish(port: number): Promise<void> {
    return publishPort(this.record, { port, wiring: this.wiring }, join(this.directory, tunnelFolder));
  }

  /** Joins all hosts in one swarm; the first is its manager. */
  swarm(): Promise<void> {
    return formSwarm(this.hosts);
  }

  /**
   * Opens a way from every host to a TCP port on this machine's loopback, over the host's link: what it carries
   * stalls while the link is cut.
   * @returns the address to dial on every host: `127.0.0.1` and the same port
   */
  async tunnel(target: { port: number }): Promise<{ address: string }> {
    const { port } = target;
    const opened = this.tunnels.get(port) ?? this.openTunnel(port);
    this.tunnels.set(port, opened);
    return { address: await opened };
  }

  /** Ends all processes at once and removes everything that was made. May be called twice. */
  stop(): Promise<void> {
    return (this.stopped ??= dismantle(this.record).then(() => undefined));
  }

  private openTunnel(port: number): Promise<string> {
    const ends = { outside: port, wiring: this.wiring, stations: this.stations };
    return openTunnel(this.record, ends, join(this.directory, tunnelFolder));
  }

  private async bringUp(): Promise<void> {
    const began = performance.now();
    this.record.willMake('cgroup', this.record.mark);
    await this.wiring.build();
    await allDone(this.hosts.map((host) => host.bringUp()));
    this.started = (performance.now() - began) / 1000;
  }
}

const engineOf = (host: string, { engine }: LabOptions): UnpackedEngine | undefined =>
  typeof engine === 'function' ? engine(host) : engine;

/** Makes the lab's folder and records it; of a folder that was there, records only what the lab will make in it. */
function makeDirectory(record: LabRecord, { directory, hosts }: LabOptions): string {
  const path = resolve(directory ?? join(tmpdir(), record.mark));
  if (/^\/(var\/)?run(\/|$)/.test(path)) throw new LabError(`A lab hides /run from its hosts, so ${path} will not do.`);
  if (!existsSync(path)) {
    record.willMake('directory', path);
    mkdirSync(path);
  } else if (readdirSync(path).length > 0) {
    throw new LabError(`${path} is not empty. Give the lab an empty folder, or one that is not there yet.`);
  } else {
    for (const name of partsOf(hosts)) record.willMake('directory', join(path, name));
  }
  for (const name of partsOf(hosts)) mkdirSync(join(path, name));
  return realpathSync(path);
}

/** The folders inside a lab's folder. */
function partsOf(hosts: number): string[] {
  return [tunnelFolder, ...Array.from({ length: hosts }, (_, index) => hostName(index))];
}

function warnAboutLeftovers(error: unknown): void {
  process.emitWarning(`A crashed lab is not cleaned up yet: ${error instanceof Error ? error.message : String(error)}`);
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => (made ??= make());
}

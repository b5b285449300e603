import type { ChildProcess, SpawnOptions } from 'node:child_process';
import { join } from 'node:path';
import { run } from './command.js';
import type { Engine } from './engine.js';
import { loadImage, type ImageContent, type LabImage } from './image.js';
import type { Machine } from './machine.js';
import type { Switch } from './switch.js';

/** One host of a lab: a machine with an engine of its own, on the lab's switch. */
export class LabHost {
  /** lab1, lab2 …; also the host name that its engine reports. */
  readonly name: string;
  /** IPv4 address on the lab's network, known to the hosts of this lab only. */
  readonly address: string;
  /** The engine's socket, open to programs on this machine and on the host alike. */
  readonly socketPath: string;
  /** The same as `unix://…`. */
  readonly engineUrl: string;
  /** The host's network namespace, as in `ip netns exec`. */
  readonly namespace: string;
  /** The host's own folder: state and logs of its engine. */
  readonly directory: string;

  /** @internal Labs make hosts. */
  constructor(
    private readonly machine: Machine,
    private readonly engine: Engine,
    private readonly wiring: Switch,
    private readonly images: () => Promise<Record<LabImage, ImageContent>>,
  ) {
    this.name = machine.name;
    this.address = machine.station.address;
    this.socketPath = engine.socketPath;
    this.engineUrl = `unix://${engine.socketPath}`;
    this.namespace = machine.station.namespace;
    this.directory = machine.directory;
  }

  /** Process id of dockerd. @throws LabError if it does not run. */
  get enginePid(): number {
    return this.engine.pid;
  }

  /**
   * Runs the docker CLI against this host's engine, with none of the user's docker settings.
   * @returns standard output without surrounding white space
   * @throws LabError with what docker wrote to standard error
   */
  docker(...args: string[]): Promise<string> {
    const settings = Object.entries(process.env).filter(([name]) => !name.startsWith('DOCKER_'));
    const env = { ...Object.fromEntries(settings), DOCKER_CONFIG: join(this.directory, 'docker-cli') };
    return run('docker', ['--host', this.engineUrl, ...args], { env });
  }

  /**
   * Starts a program in this host's network namespace, with the files of this machine. `lab.stop()` kills it and
   * all that it started.
   */
  spawn(program: string, args: readonly string[], options: SpawnOptions = {}): ChildProcess {
    return this.machine.spawn(program, args, options);
  }

  /**
   * Runs a program in this host's network namespace, with the files of this machine, to its end.
   * @returns standard output without surrounding white space
   * @throws LabError with what the program said, if its exit code is not 0
   */
  run(program: string, ...args: string[]): Promise<string> {
    return this.machine.run(program, args);
  }

  /**
   * Makes the host's link a black hole in both directions. Sockets stay open, and nobody is told. Docker networks
   * inside the host go on.
   */
  cut(): Promise<void> {
    return this.wiring.cut(this.machine.station);
  }

  /**
   * Mends the link. TCP connections that waited go on with their next retransmission: after at most as long again
   * as the link was cut. New ones work at once.
   */
  heal(): Promise<void> {
    return this.wiring.heal(this.machine.station);
  }

  /** SIGKILL to dockerd, and waits for its end. Containers and their shims may go on; the socket file stays. */
  killEngine(): Promise<void> {
    return this.engine.kill();
  }

  /** SIGTERM to dockerd, and waits for its end. Each running container that ignores SIGTERM, as `sleep` does, costs 10 s. */
  stopEngine(): Promise<void> {
    return this.engine.stop();
  }

  /**
   * Starts dockerd with the state it left. Without --live-restore it first stops the containers that outlived a
   * killed engine, and those that ignore SIGTERM get 10 s.
   * @throws LabError with the end of the engine's log if it does not answer in 60 s
   */
  startEngine(): Promise<void> {
    return this.engine.start();
  }

  /** SIGSTOP to dockerd: it accepts connections and never answers. */
  pauseEngine(): Promise<void> {
    return this.engine.pause();
  }

  /** SIGCONT to dockerd: it answers what waited. */
  resumeEngine(): Promise<void> {
    return Promise.resolve(this.engine.resume());
  }

  /** Loads an image, made without a registry. Every host has both from the start. */
  async loadImage(name: LabImage): Promise<void> {
    const contents = await this.images();
    await loadImage(this.socketPath, name, contents[name]);
  }

  /** @internal */
  async bringUp(): Promise<void> {
    await this.machine.build();
    await this.engine.start();
    await this.loadImage('busybox');
    await this.loadImage('bare');
  }
}

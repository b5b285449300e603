import { spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { markedEnvironment, startService, untilReady } from './child.js';
import { LabError, run } from './command.js';
import { inNamespace } from './namespace.js';
import type { LabRecord } from './record.js';
import type { Station } from './switch.js';

const script = (name: string) => fileURLToPath(new URL(`../scripts/${name}`, import.meta.url));

/**
 * What makes one network namespace a machine: mounts and a host name of its own, held by its name server. They
 * outlive the engine, so that an engine started anew after a crash finds the shims and mounts of the old one.
 */
export class Machine {
  private holder: ChildProcess | undefined;

  constructor(
    readonly record: LabRecord,
    readonly station: Station,
    readonly directory: string,
    /** Of an unpacked engine: the files that programs inside see. Default: those of this machine. */
    private readonly root?: string,
  ) {}

  get name(): string {
    return this.station.name;
  }

  /** The control group of all containers of this machine, from the root of its hierarchies. */
  get group(): string {
    return `${this.record.mark}/${this.name}`;
  }

  /** Makes the folder, and the namespaces other than that of the network. */
  async build(): Promise<void> {
    mkdirSync(join(this.directory, 'etc-docker'), { recursive: true });
    const { name, address, namespace } = this.station;
    const isolate = ['unshare', '--mount', '--uts', 'sh', script('machine.sh'), name, address, this.directory];
    const command = [...inNamespace(namespace), ...isolate, process.execPath, script('nameserver.mjs'), address];
    this.holder = startService(this.record, command, this.log('machine'));
    await untilReady(this.holder, `The machine of ${this.name}`, this.log('machine'));
    if (this.root !== undefined) await this.enter(this.root);
  }

  /** The machine's mounts with these files in the place of its own; a second holder, as the name server is not among them. */
  private async enter(root: string): Promise<void> {
    const command = ['unshare', '--mount', 'sh', script('root.sh'), root, this.directory, this.group];
    this.holder = this.startInside(command, this.log('root'));
    await untilReady(this.holder, `The root of ${this.name}`, this.log('root'));
  }

  /** Starts a program in this machine's network, with the mounts and host name of the caller. */
  spawn(program: string, args: readonly string[], options: SpawnOptions): ChildProcess {
    const [enter = '', ...place] = inNamespace(this.station.namespace);
    const env = markedEnvironment(this.record, options.env);
    return spawn(enter, [...place, program, ...args], { ...options, env });
  }

  /** Runs a program in this machine's network to its end, and returns what it wrote. */
  run(program: string, args: readonly string[]): Promise<string> {
    const [enter = '', ...place] = inNamespace(this.station.namespace);
    return run(enter, [...place, program, ...args], { env: markedEnvironment(this.record) });
  }

  /** Starts a lasting program with this machine's network, mounts and host name. */
  startInside(command: readonly string[], log: string): ChildProcess {
    if (!this.holder?.pid) throw new LabError(`The machine of ${this.name} is not there yet. Start the lab first.`);
    const enter = ['nsenter', '--target', `${this.holder.pid}`, '--mount', '--uts', '--net', '--'];
    return startService(this.record, [...enter, ...command], log);
  }

  /** Path of a log file in the machine's folder. */
  log(name: string): string {
    return join(this.directory, `${name}.log`);
  }
}

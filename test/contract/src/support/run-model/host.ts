import { tmpdir } from 'node:os';
import { live } from '@fairlead/agent/handler-rig';
import { type ContainerState, FairleadError } from '@fairlead/domain';
import { createSimulatedEngine, type EnginePort } from '@fairlead/engine';
import { connectInProcess, type HostConnection, type NetworkServiceHandlers } from '@fairlead/link';
import { MemoryDisk, type OpenFile } from './memory-disk.js';
import { pick, type World } from './world.js';

interface Process {
  lives: boolean;
}

/**
 * One host: an engine and a journal's folder that outlive everything, an agent that may die between any two steps, and
 * the link to it. The agent is the real one, from its handlers down to the lines on the disk.
 */
export class ModelHost {
  readonly engine;
  /** DELETEs by operation and network, as the engine got them. */
  readonly deletes = new Map<string, number>();
  /** Ids of networks that somebody removed on the host itself. */
  readonly removedOutside = new Set<string>();
  connection: HostConnection | undefined;
  /** A container is made on the next network that is about to be removed. */
  racing = false;
  /** The next command is delivered twice. */
  doubling = false;
  private readonly disk = new MemoryDisk();
  private process: Process = { lives: false };
  private containers = 0;
  private isDown = false;
  private handlers: NetworkServiceHandlers | undefined;

  constructor(
    readonly name: string,
    private readonly world: World,
    seed: number,
  ) {
    this.engine = createSimulatedEngine({ seed, now: () => world.time });
  }

  async startAgent(): Promise<void> {
    const process = (this.process = { lives: true });
    const { handlers } = await live({
      folder: tmpdir(), // Is there; the file is not in it.
      engine: this.mortalEngine(process),
      openFile: this.mortalFiles(process),
      now: () => this.world.time,
      timing: { now: () => this.world.time, random: this.world.random, after: () => () => undefined },
    });
    if (!process.lives) return;
    this.handlers = handlers;
    await this.connect();
  }

  killAgent(): void {
    this.process.lives = false;
    this.handlers = undefined;
    this.cut();
  }

  get agentLives(): boolean {
    return this.process.lives;
  }

  cut(): void {
    this.connection?.close('the link was cut');
    this.connection = undefined;
  }

  async connect(): Promise<void> {
    const { handlers } = this;
    if (handlers === undefined || this.connection !== undefined) return;
    // An engine that is down cannot be described: the link is made later.
    const connection = await connectInProcess(this.doubled(handlers)).catch(() => undefined);
    if (this.handlers === handlers && this.connection === undefined) this.connection = connection;
    else connection?.close('another one was there first');
  }

  setDown(isDown: boolean): void {
    this.isDown = isDown;
  }

  /**
   * Somebody makes a container on a network of the host, if there is one.
   * @param states the engine makes one that was never started on a network that is not there, too
   */
  addContainer(network: string, states: readonly ContainerState[] = ['running', 'exited']): void {
    const state = pick(this.world.random, states);
    const name = `late-${(this.containers += 1)}`;
    try {
      this.engine.addContainer({ name, networks: [network], state });
    } catch {
      // That network is gone; the engine leaves the container, as it was made and not started.
      this.engine.removeContainer(name);
    }
  }

  async removeOutside(id: string): Promise<void> {
    await this.engine.removeNetwork(id).then(
      () => this.removedOutside.add(id),
      () => undefined,
    );
  }

  end(): void {
    this.process.lives = false;
    this.cut();
  }

  /** What is sent may come twice. */
  private doubled(handlers: NetworkServiceHandlers): NetworkServiceHandlers {
    return {
      ...handlers,
      WatchInventory: (_request, { signal }) => silence(signal),
      PruneNetworks: (request, context) => {
        const again = this.doubling;
        this.doubling = false;
        const first = handlers.PruneNetworks(request, context);
        if (again) void drain(handlers.PruneNetworks(request, context));
        return first;
      },
    };
  }

  private mortalEngine(process: Process): EnginePort {
    const call = async (name: string, args: unknown[], act: () => Promise<unknown>): Promise<unknown> => {
      await this.world.step(() => process.lives);
      if (this.isDown) throw gone();
      if (name === 'removeNetwork') this.noteDelete(String(args[0]));
      const result = await act().then(
        (value) => ({ value }),
        (error: unknown) => ({ error }),
      );
      await this.world.step(() => process.lives);
      // Its end came after the act and before the answer.
      if (this.isDown) throw gone();
      if ('error' in result) throw result.error;
      return result.value;
    };
    return new Proxy<EnginePort>(this.engine, {
      get: (target, name: keyof EnginePort) => {
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return (...args: unknown[]) => call(name, args, () => method.apply(target, args));
      },
    });
  }

  private noteDelete(id: string): void {
    const key = `${this.disk.remover(id) ?? 'nobody'} ${id}`;
    this.deletes.set(key, (this.deletes.get(key) ?? 0) + 1);
    if (!this.racing) return;
    this.racing = false;
    this.addContainer(id, ['running', 'exited', 'created']);
  }

  private mortalFiles(process: Process): OpenFile {
    return async () => {
      const handle = this.disk.open();
      const step = (): Promise<void> => this.world.step(() => process.lives);
      return {
        ...handle,
        write: async (bytes, offset, length, position) => {
          await this.world.step();
          if (!process.lives) {
            // Torn: some of it reached the disk.
            await handle.write(bytes, offset, Math.floor(this.world.random() * (length + 1)), position);
            await step();
          }
          const written = await handle.write(bytes, offset, length, position);
          await step();
          return written;
        },
      };
    };
  }
}

async function drain(items: AsyncIterable<unknown>): Promise<void> {
  try {
    for await (const _ of items);
  } catch {
    // Its first delivery tells.
  }
}

/** An inventory of which nothing is told, for as long as the session lasts. */
async function* silence(signal: AbortSignal): AsyncGenerator<never, void, void> {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}

const gone = (): FairleadError => new FairleadError('engine_unavailable', 'connect ENOENT /var/run/docker.sock');

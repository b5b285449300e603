import { z } from 'zod';
import { canonical } from './address.js';
import { readPrivate, writePrivate } from './private-file.js';
import { isAlive } from './processes.js';

const entry = z.object({
  url: z.string(),
  /** The admin's token. */
  tokenFile: z.string(),
  /** Of the `fairlead up` that noted it. */
  pid: z.int().positive(),
});
export type RunningController = z.output<typeof entry>;

const file = z.object({ controllers: z.array(entry) });

/**
 * Controllers that `fairlead up` runs for this user, so that the client finds their tokens whatever their port and
 * folder. An entry whose process is gone counts for nothing: what listens there now is somebody else.
 */
export class RunningControllers {
  constructor(
    readonly path: string,
    private readonly alive: (pid: number) => boolean = isAlive,
  ) {}

  /** The one at this address; `localhost` is 127.0.0.1, where `up` listens. */
  at(apiUrl: string): RunningController | undefined {
    const wanted = spelled(apiUrl);
    return this.list().find(({ url }) => spelled(url) === wanted);
  }

  add(controller: RunningController): void {
    const others = this.list().filter(({ url }) => spelled(url) !== spelled(controller.url));
    this.write([...others, controller]);
  }

  remove({ url, pid }: Pick<RunningController, 'url' | 'pid'>): void {
    this.write(this.list().filter((one) => one.url !== url || one.pid !== pid));
  }

  /** Those that run. A file that is damaged, or that others may write, names none. */
  private list(): RunningController[] {
    try {
      const read = file.safeParse(JSON.parse(readPrivate(this.path) ?? ''));
      return (read.data?.controllers ?? []).filter(({ pid }) => this.alive(pid));
    } catch {
      return [];
    }
  }

  private write(controllers: readonly RunningController[]): void {
    writePrivate(this.path, `${JSON.stringify({ controllers }, null, 2)}\n`);
  }
}

const spelled = (url: string): string => canonical(url).replace('//localhost', '//127.0.0.1');

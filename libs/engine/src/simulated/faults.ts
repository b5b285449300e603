import { FairleadError } from '@fairlead/domain';
import type { EnginePort } from '../port.js';

/** The calls that can be made to fail or to be late. */
export type EngineMethod = Exclude<keyof EnginePort, 'close'>;

/**
 * What a test has ordered to go wrong. An error is used up by the call that it hits; a delay and being down stay until
 * they are taken back. The order is: wait, then down, then the ordered error, then the call itself.
 */
export class Faults {
  private readonly errors = new Map<EngineMethod, FairleadError[]>();
  private readonly delays = new Map<EngineMethod, number>();
  down = false;

  constructor(private readonly sleep: (ms: number) => Promise<void>) {}

  failNext(method: EngineMethod, error: FairleadError): void {
    this.errors.set(method, [...(this.errors.get(method) ?? []), error]);
  }

  delay(method: EngineMethod, ms: number): void {
    if (ms === 0) this.delays.delete(method);
    else this.delays.set(method, ms);
  }

  async apply<T>(method: EngineMethod, act: () => T | Promise<T>): Promise<T> {
    const ms = this.delays.get(method);
    if (ms !== undefined) await this.sleep(ms);
    if (this.down) throw isDown();
    const error = this.errors.get(method)?.shift();
    if (error !== undefined) throw error;
    return act();
  }
}

export const isDown = (): FairleadError =>
  new FairleadError('engine_unavailable', 'The simulated engine is down', {
    hint: 'It was taken down on purpose; bring it up again.',
  });

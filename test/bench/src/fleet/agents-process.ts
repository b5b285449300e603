import { type ChildProcess } from 'node:child_process';
import { type AnswerMessage, type Made, type MadeMessage, type Order, type Orders } from './orders.js';

/** A process of simulated agents, as its parent sees it. */
export class AgentsProcess {
  /** Told of each change that is reported. */
  onMade: (made: readonly Made[]) => void = () => undefined;
  private lastId = 0;
  private readonly waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();

  /** @param child started with an IPC channel */
  constructor(private readonly child: ChildProcess) {
    child.on('message', (message: AnswerMessage | MadeMessage) => {
      if ('made' in message) this.onMade(message.made);
      else this.answered(message);
    });
    child.once('exit', (code, signal) => {
      for (const { reject } of this.waiting.values()) reject(new Error(`The agents have ended: ${signal ?? code}`));
      this.waiting.clear();
    });
  }

  get pid(): number {
    return this.child.pid ?? NaN;
  }

  /** @throws Error what the process says, or that it has ended */
  ask<K extends Order>(order: K, ask: Orders[K]['ask']): Promise<Orders[K]['answer']> {
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (answer) => resolve(answer as Orders[K]['answer']), reject });
      this.child.send({ id, order, ask });
    });
  }

  private answered({ id, answer, error }: AnswerMessage): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (error === undefined) waiting?.resolve(answer);
    else waiting?.reject(new Error(error));
  }
}

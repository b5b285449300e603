interface Reader<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A queue between a stream that pushes and one consumer that pulls.
 *
 * Invariants: `onFull` and `onRoom` alternate, beginning with `onFull`, and a queue that is over is not full; once it
 * is over nothing more is taken in. When the consumer leaves (`return`), what is there is
 * dropped.
 */
export class BoundedQueue<T> implements AsyncIterableIterator<T, undefined> {
  private items: T[] = [];
  private full = false;
  private closed = false;
  private ended = false;
  private failure: Error | undefined;
  private reader: Reader<T> | undefined;

  /** @param limit number of unread items at which the producer is asked to stop; it goes on at half of it */
  constructor(
    private readonly limit: number,
    private readonly onFull: () => void,
    private readonly onRoom: () => void,
  ) {}

  /** Whether the producer has ended it; false where only the consumer left. */
  get over(): boolean {
    return this.ended;
  }

  push(item: T): void {
    if (this.closed) return;
    const reader = this.takeReader();
    if (reader !== undefined) return reader.resolve({ value: item, done: false });
    this.items.push(item);
    if (this.items.length < this.limit || this.full) return;
    this.full = true;
    this.onFull();
  }

  /** No more will come: the consumer reads what is there, then the end or `error`. */
  end(error?: Error): void {
    if (this.closed) return;
    this.closed = true;
    this.ended = true;
    this.failure = error;
    const reader = this.takeReader();
    if (reader !== undefined) this.next().then(reader.resolve, reader.reject);
  }

  /** As `end`, but what is there is dropped. */
  stop(error?: Error): void {
    this.drop();
    this.end(error);
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.items.length > 0) return Promise.resolve({ value: this.takeItem(), done: false });
    if (!this.closed) return new Promise((resolve, reject) => (this.reader = { resolve, reject }));
    const failure = this.failure;
    this.failure = undefined;
    return failure === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(failure);
  }

  return(): Promise<IteratorResult<T, undefined>> {
    this.drop();
    this.closed = true;
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  private drop(): void {
    this.items = [];
    this.makeRoom();
  }

  private takeItem(): T {
    const item = this.items.shift() as T;
    if (this.items.length <= this.limit / 2) this.makeRoom();
    return item;
  }

  private takeReader(): Reader<T> | undefined {
    const reader = this.reader;
    this.reader = undefined;
    return reader;
  }

  private makeRoom(): void {
    if (!this.full) return;
    this.full = false;
    this.onRoom();
  }
}

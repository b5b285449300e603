import { describe, expect, it } from '@jest/globals';
import { CarryingOut, type TakenUp } from './carrying-out.js';
import { type ItemEnd, type RunItem } from './run.js';
import { aRunItem } from './testing/a-run-item.js';
import { type Gate, LeaseLostError, type OperationEnd, type RunPorts } from './run-ports.js';

const STOP = { failures: 100, failedPercent: 100, unreachablePercent: 100 };
const FRESH: TakenUp = { state: 'running', reason: '', closing: undefined, stop: STOP };

/** Ports to nothing: what is sent is removed at once, what is written is noted. */
class Ports implements RunPorts {
  readonly log: string[] = [];
  readonly ends: ItemEnd[] = [];
  state: Gate = { kind: 'open' };
  wake: () => void = () => undefined;
  private sent = 0;

  constructor(readonly stored: readonly RunItem[]) {}

  items = () => Promise.resolve(this.stored);
  gate = () => this.state;
  change = (signal: AbortSignal) =>
    new Promise<void>((resolve) => {
      this.wake = resolve;
      if (signal.aborted) resolve();
      signal.addEventListener('abort', () => resolve());
    });
  reachable = (_host: string): Promise<boolean> => Promise.resolve(true);
  stale = (_items: readonly RunItem[]): Promise<ReadonlyMap<RunItem, string>> => Promise.resolve(new Map());
  dispatch(host: string, items: readonly RunItem[], { taken }: Parameters<RunPorts['dispatch']>[2]) {
    this.log.push(`send ${host}: ${items.map(({ networkName }) => networkName).join(' ')}`);
    const results = items.map(({ networkId, networkName: name }) => ({
      network: { id: networkId, name },
      outcome: 'removed' as const,
      reason: '',
      code: '',
      engineMessage: '',
    }));
    results.forEach(taken);
    return Promise.resolve<OperationEnd>({
      operationId: `op-${(this.sent += 1)}`,
      outcome: 'succeeded',
      items: results,
      error: null,
    });
  }
  settled = (id: string, _signal: AbortSignal): Promise<OperationEnd | undefined> => {
    this.log.push(`settle ${id}`);
    return Promise.resolve(undefined);
  };
  record(ends: readonly ItemEnd[]): Promise<void> {
    this.ends.push(...ends);
    return Promise.resolve();
  }
  become = (state: string, reason: string): Promise<void> => this.note(state, reason);
  close = (outcome: string, reason: string): Promise<void> => this.note(`close ${outcome}`, reason);
  finish = (outcome: string, reason: string): Promise<void> => this.note(`finish ${outcome}`, reason);

  private note(what: string, reason: string): Promise<void> {
    this.log.push(reason === '' ? what : `${what}: ${reason}`);
    return Promise.resolve();
  }
}

const carryOut = (ports: Ports, run = FRESH, over = new AbortController()): Promise<void> =>
  CarryingOut.of(run, ports, over.signal);

describe('the carrying out of a run', () => {
  it('begins a wave when the one before is done', async () => {
    const ports = new Ports([
      aRunItem(0),
      aRunItem(1, { wave: 1 }),
      aRunItem(2, { wave: 1 }),
      aRunItem(3, { wave: 2 }),
    ]);
    await carryOut(ports);
    expect(ports.log).toEqual([
      'send host-0: net-0',
      'send host-1: net-1',
      'send host-2: net-2',
      'send host-3: net-3',
      'close done',
      'finish done',
    ]);
  });

  it('takes more networks of a host than fit into one operation in several', async () => {
    const ports = new Ports(Array.from({ length: 2_500 }, (_, index) => aRunItem(index, { hostName: 'host' })));
    await carryOut(ports);
    expect(ports.log.filter((line) => line.startsWith('send'))).toHaveLength(3);
    expect(ports.ends).toHaveLength(2_500);
  });

  it('sends nothing of what is done, nor of what was sent before its end is known', async () => {
    const sent = { state: 'sent', operationId: 'op-x' } as const;
    const ports = new Ports([aRunItem(0, { state: 'done', outcome: 'removed' }), aRunItem(1, sent), aRunItem(2)]);
    const items = [
      { network: { id: 'id-1', name: 'net-1' }, outcome: 'removed' as const, reason: '', code: '', engineMessage: '' },
    ];
    ports.settled = () => Promise.resolve({ operationId: 'op-x', outcome: 'succeeded', items, error: null });
    await carryOut(ports);
    expect(ports.log).toEqual(['send host-2: net-2', 'close done', 'finish done']);
    expect(ports.ends).toContainEqual(expect.objectContaining({ position: 1, outcome: 'removed' }));
  });

  it('takes up again what its agent had died on the way to, once that is seen to be there', async () => {
    const network = { id: 'id-0', name: 'net-0' };
    const cut = { network, outcome: 'kept' as const, reason: 'cut short', code: 'outcome_unknown', engineMessage: '' };
    const ports = new Ports([aRunItem(0, { state: 'sent', operationId: 'op-x' })]);
    ports.settled = () => Promise.resolve({ operationId: 'op-x', outcome: 'succeeded', items: [cut], error: null });
    await carryOut(ports);
    expect(ports.log).toEqual(['send host-0: net-0', 'close done', 'finish done']);
    expect(ports.ends.at(-1)).toMatchObject({ position: 0, outcome: 'removed' });
  });

  it('says of what nobody will ever tell that it is not known', async () => {
    const ports = new Ports([aRunItem(0, { state: 'sent', operationId: 'op-x' })]);
    await carryOut(ports);
    expect(ports.ends).toEqual([expect.objectContaining({ outcome: 'failed', code: 'outcome_unknown' })]);
  });

  it('begins nothing new of a run that was about to end, and settles what was sent', async () => {
    const ports = new Ports([aRunItem(0, { state: 'sent', operationId: 'op-x' }), aRunItem(1)]);
    await carryOut(ports, { ...FRESH, closing: { outcome: 'cancelled', reason: 'by somebody' } });
    expect(ports.log).toEqual(['settle op-x', 'finish cancelled: by somebody']);
  });

  it('stops after the canary’s failure also where it ended between that and the decision', async () => {
    const failed = aRunItem(0, { state: 'done', outcome: 'failed', code: 'engine_failed' });
    const ports = new Ports([failed, aRunItem(1, { wave: 1 })]);
    await carryOut(ports);
    expect(ports.log).toEqual([
      expect.stringMatching(/close stopped: .*first hosts/),
      expect.stringContaining('finish stopped'),
    ]);
  });

  it('waits while it is held, and goes on', async () => {
    const ports = new Ports([aRunItem(0)]);
    ports.state = { kind: 'hold', state: 'held', reason: 'frozen' };
    const carried = carryOut(ports);
    await new Promise(setImmediate);
    expect(ports.log).toEqual(['held: frozen']);
    ports.state = { kind: 'open' };
    ports.wake();
    await carried;
    expect(ports.log).toEqual(['held: frozen', 'running', 'send host-0: net-0', 'close done', 'finish done']);
  });

  it('stops at once where its lease is lost: it writes and sends nothing further', async () => {
    const ports = new Ports([aRunItem(0), aRunItem(1, { wave: 1 })]);
    ports.record = () => Promise.reject(new LeaseLostError());
    await expect(carryOut(ports)).rejects.toThrow(LeaseLostError);
    expect(ports.log).toEqual(['send host-0: net-0']);
  });

  it('ends nothing when it is told to stop: another goes on with it', async () => {
    const ports = new Ports([aRunItem(0), aRunItem(1, { wave: 1 })]);
    const over = new AbortController();
    const dispatch = ports.dispatch.bind(ports);
    ports.dispatch = (...asked) => {
      over.abort();
      return dispatch(...asked);
    };
    await carryOut(ports, FRESH, over);
    expect(ports.log).toEqual(['send host-0: net-0']);
    expect(ports.ends).toHaveLength(1);
  });

  it('does not ask a host for ever that comes to nothing', async () => {
    const ports = new Ports([aRunItem(0)]);
    const error = { code: 'deadline_exceeded' as const, message: 'there was no time', engineMessage: '' };
    ports.dispatch = () => Promise.resolve({ operationId: 'op-1', outcome: 'expired', items: [], error });
    await carryOut(ports);
    expect(ports.ends).toEqual([expect.objectContaining({ outcome: 'skipped', reason: 'there was no time' })]);
  });
});

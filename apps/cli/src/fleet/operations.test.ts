import { describe, expect, it } from '@jest/globals';
import type { OperationView } from '@fairlead/api';
import { type ErrorCode, FairleadError } from '@fairlead/domain';
import { fairlead } from '../../test/run.js';
import { Failed } from '../../test/fake-controller.js';
import { anOperation, aRecord } from '../../test/views.js';

const removed = anOperation({ result: { removed: aRecord(), detached: [] } });
const running = anOperation({ state: 'dispatched', outcome: null, result: null });
const lost = { code: 'outcome_unknown', message: 'lost', engineMessage: '', hint: 'Look.' };
const unknown = anOperation({ outcome: 'unknown', result: null, error: lost });
const getOperation = () => unknown;
const lose = (): never => {
  throw new Failed(new FairleadError('outcome_unknown', 'lost', { hint: 'Look.' }), unknown);
};
const reset = (): never => {
  throw Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }),
  });
};
const refused = (): never => {
  throw Object.assign(new TypeError('fetch failed'), {
    cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }),
  });
};
const refuse = (code: ErrorCode, message: string) => (): never => {
  throw new FairleadError(code, message);
};
const unauthenticated = refuse('unauthenticated', 'who are you');
const forbidden = refuse('forbidden', 'not yours any more');

describe('a command that was not sent', () => {
  it.each(['ECONNREFUSED', 'CERT_HAS_EXPIRED'])('has failed for good, and is not asked for: %s', async (code) => {
    const failing = (): never => {
      throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code }) });
    };
    const { exitCode, err, slept } = await fairlead('network rm web-1/my-net', { removeNetwork: failing });
    expect(exitCode).toBe(1);
    expect(err).toContain('No controller answers');
    expect(slept).toEqual([]);
  });
});

describe('a command whose answer is lost', () => {
  it('asks with the same key what became of it, and waits for the end', async () => {
    let sent = 0;
    const { out, err, exitCode, controller } = await fairlead('network rm web-1/my-net', {
      removeNetwork: () => (++sent === 1 ? reset() : sent === 2 ? refused() : running),
      getOperation: () => removed,
    });
    expect(out).toBe('web-1/my-net\n');
    expect(exitCode).toBe(0);
    expect(err).toContain('asking what became of the command');
    const asked = controller
      .of('removeNetwork')
      .map(({ headers }) => [headers.get('idempotency-key'), headers.get('prefer')]);
    expect(asked).toEqual([
      ['key-1', null],
      ['key-1', 'respond-async'],
      ['key-1', 'respond-async'],
    ]);
  });

  it('says after a bounded time that the outcome is not known, and exits with 75', async () => {
    const { exitCode, err, slept } = await fairlead('network rm web-1/my-net', { removeNetwork: reset });
    expect(exitCode).toBe(75);
    expect(err).toContain('operation ls');
    expect(slept).toHaveLength(6);
  });

  it('does not ask where the connection was refused: nothing was sent', async () => {
    const { exitCode, err, controller } = await fairlead('network rm web-1/my-net', { removeNetwork: refused });
    expect(exitCode).toBe(1);
    expect(err).toContain('fairlead up');
    expect(controller.asked).toHaveLength(1);
  });

  it('asks on where a controller that came back does not know the token yet', async () => {
    let sent = 0;
    const { exitCode } = await fairlead('network rm web-1/my-net', {
      removeNetwork: () => (++sent === 1 ? reset() : sent === 2 ? unauthenticated() : removed),
    });
    expect(exitCode).toBe(0);
  });

  const thenRefused = (code: ErrorCode) => {
    let sent = 0;
    const removeNetwork = () => (++sent === 1 ? reset() : refuse(code, 'so it is')());
    return fairlead('network rm web-1/my-net', { removeNetwork });
  };

  it.each<ErrorCode>(['forbidden', 'host_not_found', 'overloaded', 'storage_failed', 'internal'])(
    'may have been carried out where the next is refused before its key is looked up: %s ends with 75',
    async (code) => {
      const { exitCode, err } = await thenRefused(code);
      expect(exitCode).toBe(75);
      expect(err).toContain('What became of the command cannot be asked any more: so it is');
      expect(err).toContain('fairlead operation ls');
    },
  );

  it.each<[ErrorCode, number]>([
    ['frozen', 4],
    ['network_not_found', 3],
  ])('has not arrived where the next is refused after that: %s ends with %i', async (code, exit) => {
    expect(await thenRefused(code)).toMatchObject({ exitCode: exit, err: expect.stringContaining('so it is') });
  });
});

describe('a command that was accepted', () => {
  const waiting = (...answers: (() => OperationView)[]) => {
    let polls = 0;
    const getOperation = () => answers[Math.min(polls++, answers.length - 1)]!();
    return fairlead('network rm web-1/my-net --timeout 60s', { removeNetwork: () => running, getOperation });
  };

  it('bears a controller that restarts, and for a moment does not know the token', async () => {
    const { exitCode } = await waiting(refused, unauthenticated, () => removed);
    expect(exitCode).toBe(0);
  });

  it.each([
    ['unauthenticated', unauthenticated, 'there is no login'],
    ['forbidden', forbidden, 'not yours any more'],
    ['controller_unavailable', refused, 'No controller answers'],
  ])('is not known to be refused by %s: it ends with 75 and the id', async (_, answer, why) => {
    const { exitCode, err } = await waiting(answer);
    expect(exitCode).toBe(75);
    expect(err).toContain('What became of the command cannot be asked any more');
    expect(err).toContain(why);
    expect(err).toContain(`fairlead operation inspect ${running.id}`);
  });
});

describe('an operation that does not succeed', () => {
  it('is an error with the engine’s words, found out by asking', async () => {
    const error = { code: 'engine_failed', message: 'The engine failed', engineMessage: 'boom', hint: 'Try later.' };
    const { err, exitCode } = await fairlead('network rm web-1/my-net', {
      removeNetwork: () => running,
      getOperation: () => anOperation({ outcome: 'failed', error }),
    });
    expect(err).toBe('error: The engine failed\nengine says: boom\nTry later.\n');
    expect(exitCode).toBe(1);
  });

  it('is unknown, not failed, when its time is long over', async () => {
    let now = 0;
    const { exitCode, err } = await fairlead(
      'network rm web-1/my-net --timeout 1s',
      { removeNetwork: () => running, getOperation: () => running },
      { now: () => (now += 5000) },
    );
    expect(exitCode).toBe(75);
    expect(err).toContain('not known yet');
  });

  it('is never sent again because it failed', async () => {
    const { controller, exitCode } = await fairlead('network rm web-1/my-net', { removeNetwork: lose, getOperation });
    expect(exitCode).toBe(75);
    expect(controller.of('removeNetwork')).toHaveLength(1);
  });
});

describe('an operation whose outcome is not known', () => {
  it('is told as it was settled', async () => {
    let polls = 0;
    const { exitCode, out, err } = await fairlead('network rm web-1/my-net', {
      removeNetwork: lose,
      getOperation: () => (++polls === 3 ? removed : unknown),
    });
    expect([exitCode, out]).toEqual([0, 'web-1/my-net\n']);
    expect(err).toContain('waiting until it is settled');
  });

  it('is told as not known where nothing settles it in a few seconds', async () => {
    const { exitCode, err, slept } = await fairlead('network rm web-1/my-net', { removeNetwork: lose, getOperation });
    expect(exitCode).toBe(75);
    expect(err).toContain('error: lost\nLook.\n');
    const waited = slept.reduce((sum, ms) => sum + ms, 0);
    expect(waited).toBeGreaterThan(9_000);
    expect(waited).toBeLessThan(12_000);
  });

  it('is told as refused or expired where that is what was found', async () => {
    const error = { code: 'deadline_exceeded', message: 'It was never begun', engineMessage: '', hint: '' };
    const { exitCode, err } = await fairlead('network rm web-1/my-net', {
      removeNetwork: lose,
      getOperation: () => anOperation({ outcome: 'expired', error }),
    });
    expect(exitCode).toBe(1);
    expect(err).toContain('It was never begun');
  });
});

describe('idempotency keys', () => {
  it('are new for each host', async () => {
    const { controller } = await fairlead('network rm my-net --host a --host b', { removeNetwork: () => removed });
    expect(new Set(controller.asked.map(({ headers }) => headers.get('idempotency-key'))).size).toBe(2);
  });
});

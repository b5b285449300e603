import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { CallScope } from './call-scope.js';
import { codec } from './codec.js';
import type { NetworkServiceHandlers } from './contract.js';
import { dispatch } from './dispatch.js';
import type { EnrolmentMethod } from './enrolment-codec.js';
import { EnrolmentService } from './enrolment-service.js';
import { DEFAULT_LIMITS } from './limits.js';
import { agentLink, agentMethods, type AnyMethod, enrolment } from './protocol.js';
import { sessionCodec } from './session-codec.js';
import { MessageFuzzer } from './testing/fuzz.js';
import { seeded } from './testing/raw-peers.js';

const MESSAGES = 100_000;
const SEED = 20_261_125;

// Most messages end in an error, and nobody reads its stack.
Error.stackTraceLimit = 0;

/** Handlers that look at everything they are given, and answer nothing. */
function stubs(): { handlers: NetworkServiceHandlers; calls: () => number } {
  let calls = 0;
  const unary = (request: object): Promise<object> => {
    calls += look(request);
    return Promise.resolve({});
  };
  const stream = async function* (request: object): AsyncGenerator<object> {
    calls += look(request);
    yield {};
  };
  const names = Object.entries(agentMethods).map(([name, { responseStream }]) => [
    name,
    responseStream ? stream : unary,
  ]);
  return { handlers: Object.fromEntries(names) as NetworkServiceHandlers, calls: () => calls };
}

/** Every own key of what was read, however deep. Returns 1. */
function look(value: unknown): 1 {
  if (typeof value === 'object' && value !== null && !Buffer.isBuffer(value))
    for (const key of Object.keys(value)) look((value as Record<string, unknown>)[key]);
  return 1;
}

/** What may be thrown at whoever sends nonsense: never a fault of our own. */
const expectRefusal = (error: unknown): void => {
  if (error instanceof FairleadError && error.code !== 'internal') return;
  throw error instanceof Error ? error : new Error(String(error));
};

const expectSoundPrototypes = (): void => {
  expect(Object.keys(Object.prototype)).toEqual([]);
  expect(({} as Record<string, unknown>)['web-07']).toBeUndefined();
};

describe.each(Object.entries(agentMethods))('%s', (name, method) => {
  it(`takes ${MESSAGES} malformed requests without harm`, async () => {
    const fuzzer = new MessageFuzzer(seeded(SEED));
    const { handlers, calls } = stubs();
    const { context } = new CallScope(Infinity);
    for (let n = 0; n < MESSAGES; n++) {
      try {
        for await (const _answer of dispatch(handlers, name, fuzzer.message(method.requestType), context));
      } catch (error) {
        expectRefusal(error);
      }
    }
    // Some of them are well-formed, or the fuzzer would show nothing but that garbage is garbage.
    expect(calls()).toBeGreaterThan(MESSAGES / 100);
    expect(calls()).toBeLessThan(MESSAGES);
    expectSoundPrototypes();
  }, 60_000);
});

describe.each(Object.entries(enrolment))('Enrolment.%s', (name, method) => {
  it(`takes ${MESSAGES} malformed requests without harm, and asks no handler`, async () => {
    const fuzzer = new MessageFuzzer(seeded(SEED));
    let asked = 0;
    const refuse = (): never => {
      asked += 1;
      throw new Error('a handler was asked');
    };
    const service = new EnrolmentService({
      handlers: { join: refuse, recover: refuse },
      limits: DEFAULT_LIMITS,
      clock: () => 0,
    });
    for (let n = 0; n < MESSAGES; n++) {
      await service
        .answer(name as EnrolmentMethod, fuzzer.message(method.requestType), {
          kind: 'anonymous',
          address: '192.0.2.1',
        })
        .catch(expectRefusal);
    }
    expect(asked).toBe(0);
    expectSoundPrototypes();
  }, 60_000);
});

describe('AgentLink.Attach', () => {
  const attach = agentLink['Attach'] as AnyMethod;

  it.each([
    ['up', attach.requestType, sessionCodec.decodeUp],
    ['down', attach.responseType, sessionCodec.decodeDown],
  ] as const)(
    `reads ${MESSAGES} malformed messages %s without harm`,
    (_direction, type, decode) => {
      const fuzzer = new MessageFuzzer(seeded(SEED));
      let read = 0;
      for (let n = 0; n < MESSAGES; n++) {
        try {
          read += look(decode(fuzzer.message(type)));
        } catch (error) {
          expectRefusal(error);
        }
      }
      expect(read).toBeGreaterThan(MESSAGES / 100);
      expectSoundPrototypes();
    },
    60_000,
  );
});

describe('an answer of an agent', () => {
  it('that is malformed harms no controller', () => {
    const fuzzer = new MessageFuzzer(seeded(SEED));
    for (const [name, method] of Object.entries(agentMethods)) {
      for (let n = 0; n < MESSAGES / 20; n++) {
        try {
          if (codec.isMethod(name)) look(codec.decodeResponse(name, fuzzer.message(method.responseType)));
        } catch (error) {
          expectRefusal(error);
        }
      }
    }
    expectSoundPrototypes();
  }, 60_000);
});

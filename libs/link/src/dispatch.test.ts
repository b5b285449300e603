import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { CallScope } from './call-scope.js';
import { codec } from './codec.js';
import { dispatch } from './dispatch.js';
import { FakeAgent } from './testing/fake-agent.js';

const run = async (
  agent: FakeAgent,
  method: string,
  request = Buffer.alloc(0),
  scope = new CallScope(Infinity),
  max?: number,
) => {
  const answers: Buffer[] = [];
  try {
    for await (const bytes of dispatch(agent.handlers, method, request, scope.context, max)) answers.push(bytes);
  } catch (error) {
    return { answers, code: error instanceof FairleadError ? error.code : String(error) };
  }
  return { answers, code: 'none' };
};

const counting = () => {
  let begun = 0;
  const agent = new FakeAgent({ RemoveNetwork: () => Promise.resolve({ detached: [`${++begun}`] }) });
  return { agent, begun: () => begun };
};

describe('the way to the handlers', () => {
  it('gives one message for a unary method', async () => {
    const { answers } = await run(counting().agent, 'RemoveNetwork');
    expect(answers.map((bytes) => codec.decodeResponse('RemoveNetwork', bytes).detached)).toEqual([['1']]);
  });

  it.each(['Format', 'constructor', '__proto__', 'handlers', ''])("knows no method called '%s'", async (method) => {
    expect((await run(counting().agent, method)).code).toBe('unsupported');
  });

  it('begins nothing for a request that cannot be read', async () => {
    const { agent, begun } = counting();
    expect((await run(agent, 'RemoveNetwork', Buffer.from([0x7f]))).code).toBe('invalid_argument');
    expect(begun()).toBe(0);
  });

  it('never begins a call whose caller is gone or whose time is up', async () => {
    const { agent, begun } = counting();
    const gone = new CallScope(Infinity);
    gone.abort('the session ended');
    expect((await run(agent, 'RemoveNetwork', undefined, gone)).code).toBe('deadline_exceeded');
    expect((await run(agent, 'RemoveNetwork', undefined, new CallScope(0))).code).toBe('deadline_exceeded');
    expect(begun()).toBe(0);
  });

  it('answers too_large for what the link cannot carry', async () => {
    const agent = new FakeAgent({ RemoveNetwork: () => Promise.resolve({ detached: ['x'.repeat(100)] }) });
    expect((await run(agent, 'RemoveNetwork', undefined, undefined, 100)).code).toBe('too_large');
  });

  it('answers invalid_argument for a handler that gives what is no message', async () => {
    const agent = new FakeAgent({ RemoveNetwork: () => Promise.resolve({ detached: 'all' } as never) });
    expect((await run(agent, 'RemoveNetwork')).code).toBe('invalid_argument');
  });
});

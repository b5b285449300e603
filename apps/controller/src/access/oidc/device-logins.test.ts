import { beforeEach, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { DeviceLogins } from './device-logins.js';
import { type IdentityProvider, type Person } from './identity-provider.js';

const ADA: Person = { subject: 'ada', name: 'ada', values: ['staff'] };
let now: number;
let asked: number[];
/** What the provider says, one after the other. */
let answers: (Person | 'pending' | 'slow_down' | FairleadError)[];
let logins: DeviceLogins;

beforeEach(() => {
  [now, asked, answers] = [0, [], []];
  const provider = {
    beginDevice: () =>
      Promise.resolve({ device_code: 'd', user_code: 'u', verification_uri: 'https://x', expires_in: 600 }),
    askDevice: () => {
      asked.push(now);
      const answer = answers.shift()!;
      return answer instanceof FairleadError ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  logins = new DeviceLogins(provider as unknown as IdentityProvider, () => now);
});

const askUntil = async (handle: string, end: number): Promise<void> => {
  for (; now < end; now += 100) await logins.ask(handle);
};

describe('a login from a terminal', () => {
  it('asks every five seconds where the provider names no interval, and five more after each slow_down', async () => {
    const { handle, intervalMs } = await logins.begin();
    expect(intervalMs).toBe(5000);
    answers = ['pending', 'slow_down', 'slow_down', 'pending', ADA];
    await askUntil(handle, 45_000);
    expect(asked).toEqual([5000, 10_000, 20_000, 35_000]);
    now = 50_000;
    expect(await logins.ask(handle)).toEqual(ADA);
    await expect(logins.ask(handle)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('asks one question at a time, however many ask', async () => {
    const { handle } = await logins.begin();
    now = 5000;
    answers = [ADA];
    const all = await Promise.allSettled([logins.ask(handle), logins.ask(handle), logins.ask(handle)]);
    expect(all.map((each) => each.status === 'fulfilled' && each.value)).toEqual([ADA, undefined, undefined]);
    expect(asked).toHaveLength(1);
  });

  it('goes on after a provider that was down, and ends where it said no', async () => {
    const { handle } = await logins.begin();
    answers = [new FairleadError('login_unavailable', 'down'), new FairleadError('unauthenticated', 'access_denied')];
    now = 5000;
    await expect(logins.ask(handle)).rejects.toMatchObject({ code: 'login_unavailable' });
    now = 10_000;
    await expect(logins.ask(handle)).rejects.toMatchObject({ message: 'access_denied' });
    await expect(logins.ask(handle)).rejects.toMatchObject({ message: expect.stringContaining('no such login') });
  });

  it('does not fill the memory: at most 500 wait, and those that are over make room', async () => {
    for (let index = 0; index < 500; index++) await logins.begin();
    await expect(logins.begin()).rejects.toMatchObject({ code: 'overloaded' });
    now = 600_000;
    await expect(logins.begin()).resolves.toBeDefined();
  });
});

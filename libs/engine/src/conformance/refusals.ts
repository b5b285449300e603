import { expect } from '@jest/globals';
import type { ErrorCode } from '@fairlead/domain';

/** That a call is refused because this engine, which is named, has no such thing. Nothing was sent to it. */
export async function expectUnsupported(call: Promise<unknown>, flag: string): Promise<void> {
  await expect(call).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringMatching(new RegExp(`^${flag} is unknown to this engine \\(.+, API .+\\)$`)),
    hint: expect.stringMatching(/^Leave the flag out: /),
  });
}

/** That a call is refused with this code, and that the engine's own words are passed on. */
export async function expectRefusal(call: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> {
  await expect(call).rejects.toMatchObject({
    name: 'FairleadError',
    code,
    engineMessage: expect.stringMatching(words),
  });
}

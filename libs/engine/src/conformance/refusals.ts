import { expect } from '@jest/globals';
import type { ErrorCode } from '@fairlead/domain';

/** That a call is refused with this code, and that the engine's own words are passed on. */
export async function expectRefusal(call: Promise<unknown>, code: ErrorCode, words: RegExp): Promise<void> {
  await expect(call).rejects.toMatchObject({
    name: 'FairleadError',
    code,
    engineMessage: expect.stringMatching(words),
  });
}

import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { renderError } from './errors.js';

describe('an error with the engine’s words', () => {
  const words = 'Pool overlaps with other one on this address space';

  it('says them once', () => {
    const error = new FairleadError('subnet_overlap', `Network 'a' could not be created: ${words}`, {
      engineMessage: words,
    });
    expect(renderError(error)).toBe(`error: Network 'a' could not be created\nengine says: ${words}\n`);
  });

  it('keeps a message that says something else', () => {
    const error = new FairleadError('subnet_overlap', 'It is taken: by b', { engineMessage: words });
    expect(renderError(error)).toBe(`error: It is taken: by b\nengine says: ${words}\n`);
  });
});

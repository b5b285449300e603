import { describe, expect, it } from '@jest/globals';
import { formatJoinToken, parseJoinToken } from './join-token.js';

const token = { rootDigest: 'a'.repeat(43), id: 'abcdefgh23', secret: `${'b'.repeat(42)}_` };

describe('a join token', () => {
  it('is read as it was written, surrounding white space aside', () => {
    expect(parseJoinToken(` ${formatJoinToken(token)}\n`)).toEqual(token);
  });

  it.each(['', 'flj1', 'flj2.a.b.c', `flj1.${'a'.repeat(43)}.abcdefgh23`, `${formatJoinToken(token)}x`])(
    'is refused when it is %j',
    (text) => {
      expect(() => parseJoinToken(text)).toThrow('not complete');
    },
  );

  it('does not appear in the error about it', () => {
    const broken = formatJoinToken(token).slice(0, -1);
    expect(() => parseJoinToken(broken)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('bbb') }),
    );
  });
});

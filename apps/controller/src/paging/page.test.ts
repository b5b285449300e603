import { describe, expect, it } from '@jest/globals';
import { pageFrom } from './page.js';

const cursorBehind = (row: number): string => `behind ${row}`;

describe('a page', () => {
  it('leaves out the row that it has no room for, and says where the next one begins', () => {
    expect(pageFrom([1, 2, 3], 2, cursorBehind)).toEqual({ items: [1, 2], nextCursor: 'behind 2' });
  });

  it.each([[[]], [[1]], [[1, 2]]])('is the last one with %j', (found: number[]) => {
    expect(pageFrom(found, 2, cursorBehind)).toEqual({ items: found, nextCursor: null });
  });
});

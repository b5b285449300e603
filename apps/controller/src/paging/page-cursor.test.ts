import { describe, expect, it } from '@jest/globals';
import { PageCursor } from './page-cursor.js';

const refused = expect.objectContaining({ code: 'invalid_argument' });

describe('a cursor', () => {
  it('gives back where the page ended, to the same question on a page of any size', () => {
    const cursor = new PageCursor('networks', { driver: ['bridge'], sort: 'name', limit: 2 }).write('a', 7);
    const same = new PageCursor('networks', { sort: 'name', driver: ['bridge'], limit: 9, cursor, name: undefined });
    expect(same.read(cursor, ['string', 'number'])).toEqual(['a', 7]);
  });

  it.each([
    ['networks', { driver: ['macvlan'] }],
    ['networks', { driver: ['bridge'], name: 'a' }],
    ['networks', {}],
    ['endpoints', { driver: ['bridge'] }],
  ])('is refused by another question: %s %j', (list, query) => {
    const cursor = new PageCursor('networks', { driver: ['bridge'] }).write('a');
    expect(() => new PageCursor(list, query).read(cursor, ['string'])).toThrow(refused);
  });

  it('is refused with other parts than it was given', () => {
    const cursor = new PageCursor('networks', {});
    for (const end of [[], [1], ['a', 'b']]) {
      expect(() => cursor.read(cursor.write(...end), ['string'])).toThrow(refused);
    }
    for (const text of ['x', '', Buffer.from('{"a":1}').toString('base64url')]) {
      expect(() => cursor.read(text, ['string'])).toThrow(refused);
    }
  });
});

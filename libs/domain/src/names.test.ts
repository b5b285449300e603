import { describe, expect, it } from '@jest/globals';
import { checkHostName, toHostName } from './names.js';

describe('toHostName', () => {
  it.each([
    ['web-1.example.org', 'web-1.example.org'],
    ['Zoë’s MacBook', 'Zo-s-MacBook'],
    ['-_-', 'local'],
    ['', 'local'],
    [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
  ])('makes of %j the name %j', (machine, name) => {
    expect(toHostName(machine)).toBe(name);
    expect(() => checkHostName(name)).not.toThrow();
  });
});

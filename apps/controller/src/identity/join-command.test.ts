import { execFileSync } from 'node:child_process';
import { describe, expect, it } from '@jest/globals';
import { quote } from './join-command.js';

describe('a word of a printed command', () => {
  it.each(['10.1.1.1:7801', '[fd00::1]:7801', "it's; rm -rf /", '$(id) `id` "', 'two\nlines', ''])(
    'is read by a shell as it is meant: %j',
    (text) => {
      expect(execFileSync('/bin/sh', ['-c', `printf %s ${quote(text)}`], { encoding: 'utf8' })).toBe(text);
    },
  );
});

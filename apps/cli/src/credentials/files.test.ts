import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { temporaryFolders } from '../../test/folders.js';
import { Logins } from './logins.js';
import { readPrivate, writePrivate } from './private-file.js';
import { RunningControllers } from './running-controllers.js';
import { readToken, toToken } from './token-text.js';

const folder = temporaryFolders();
const modeOf = (path: string): number => statSync(path).mode & 0o777;

describe('files for their owner alone', () => {
  it('are made so, with their folder, whatever the mask is', () => {
    const path = join(folder(), 'config', 'fairlead', 'secrets.json');
    const before = process.umask(0);
    writePrivate(path, 'secret');
    process.umask(before);
    expect([modeOf(path), modeOf(join(path, '..'))]).toEqual([0o600, 0o700]);
    expect(readPrivate(path)).toBe('secret');
  });

  it('are replaced whole, and leave nothing beside them', () => {
    const path = join(folder(), 'secrets.json');
    writePrivate(path, 'a longer first text');
    const first = statSync(path).ino;
    writePrivate(path, 'second');
    expect(readFileSync(path, 'utf8')).toBe('second');
    expect(statSync(path).ino).not.toBe(first);
    expect(readdirSync(join(path, '..'))).toEqual(['secrets.json']);
  });

  it('make a folder that was open their own', () => {
    const open = join(folder(), 'fairlead');
    mkdirSync(open, { mode: 0o755 });
    writePrivate(join(open, 'x'), '');
    expect(modeOf(open)).toBe(0o700);
  });

  it.each([0o640, 0o604, 0o620, 0o602])('are not read where others may get at them: %o', (mode) => {
    const path = join(folder(), 'secrets.json');
    writePrivate(path, 'secret');
    chmodSync(path, mode);
    expect(() => readPrivate(path)).toThrow(
      expect.objectContaining({ code: 'forbidden', hint: expect.stringContaining(`chmod 600 ${path}`) }),
    );
  });

  it('may be missing', () => {
    const path = join(folder(), 'none');
    expect(readPrivate(path)).toBeUndefined();
    expect(readPrivate(join(path, 'deeper'))).toBeUndefined();
  });

  it('say why they cannot be written', () => {
    const path = join(folder(), 'file');
    writePrivate(path, '');
    expect(() => writePrivate(join(path, 'below'), '')).toThrow(expect.objectContaining({ code: 'storage_failed' }));
  });
});

describe('logins', () => {
  const deploy = { token: 'flt1.a', name: 'deploy', kind: 'token' } as const;

  it('are kept one for each address, however it is written', () => {
    const logins = new Logins(join(folder(), 'credentials.json'));
    logins.keep('https://One.example:443/', deploy);
    logins.keep('https://two.example/fleet', { ...deploy, token: 'flt1.b' });
    expect(logins.of('https://one.example')?.token).toBe('flt1.a');
    expect(logins.of('https://two.example/fleet/')?.token).toBe('flt1.b');
    for (const other of [
      'http://one.example',
      'https://one.example:7800',
      'https://two.example',
      'https://a.one.example',
    ]) {
      expect(logins.of(other)).toBeUndefined();
    }
    logins.forget('https://one.example');
    expect(logins.of('https://one.example')).toBeUndefined();
    expect(logins.of('https://two.example/fleet')).toBeDefined();
  });

  it('are not guessed from a file that is damaged, whose text is not shown', () => {
    const path = join(folder(), 'credentials.json');
    writePrivate(path, '{"logins": {"https://x": {"token": "flt1.secret"');
    const logins = new Logins(path);
    expect(() => logins.of('https://x')).toThrow(`${path} is not a file of logins`);
    expect(() => logins.keep('https://x', deploy)).toThrow('is not a file of logins');
  });
});

describe('controllers that run', () => {
  const entry = (url: string, pid: number) => ({ url, tokenFile: `/data/${pid}/admin.token`, pid });

  it('are found by their address alone', () => {
    const running = new RunningControllers(join(folder(), 'controllers.json'), () => true);
    running.add(entry('http://127.0.0.1:7900', 1));
    running.add(entry('http://127.0.0.1:7901', 2));
    expect(running.at('http://localhost:7901/')?.pid).toBe(2);
    expect(running.at('http://127.0.0.1:7902')).toBeUndefined();
    expect(running.at('http://127.0.0.2:7901')).toBeUndefined();
    running.remove(entry('http://127.0.0.1:7901', 1));
    expect(running.at('http://127.0.0.1:7901')?.pid).toBe(2);
    running.remove(entry('http://127.0.0.1:7901', 2));
    expect(running.at('http://127.0.0.1:7901')).toBeUndefined();
  });

  it('count no more once their process is gone, and are cleared away', () => {
    const path = join(folder(), 'controllers.json');
    new RunningControllers(path, () => true).add(entry('http://127.0.0.1:7900', 1));
    const running = new RunningControllers(path, (pid) => pid !== 1);
    expect(running.at('http://127.0.0.1:7900')).toBeUndefined();
    running.add(entry('http://127.0.0.1:7900', 2));
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ controllers: [entry('http://127.0.0.1:7900', 2)] });
    expect(modeOf(path)).toBe(0o600);
  });

  it('are not taken from a file that is damaged or that others may write', () => {
    const path = join(folder(), 'controllers.json');
    writeFileSync(path, 'nonsense', { mode: 0o600 });
    const running = new RunningControllers(path, () => true);
    expect(running.at('http://127.0.0.1:7900')).toBeUndefined();
    running.add(entry('http://127.0.0.1:7900', 1));
    chmodSync(path, 0o666);
    expect(running.at('http://127.0.0.1:7900')).toBeUndefined();
  });
});

describe('the text of a token', () => {
  it('is one word, blanks around it aside', () => {
    expect(toToken(' flt1.a.b\n', 'x')).toBe('flt1.a.b');
  });

  it.each(['', ' \n', 'two words', 'a\nsecond line', 'übel', 'x'.repeat(5000)])(
    'is refused without showing it: %j',
    (text) => {
      let message = '';
      try {
        toToken(text, 'FAIRLEAD_TOKEN');
      } catch (error) {
        message = String(error);
      }
      expect(message).toContain('FAIRLEAD_TOKEN');
      if (text.trim() !== '') expect(message).not.toContain(text);
    },
  );

  it('says which file cannot be read', () => {
    const path = join(folder(), 'none');
    expect(() => readToken(path, path)).toThrow(expect.objectContaining({ message: expect.stringContaining(path) }));
  });
});

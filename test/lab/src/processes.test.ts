import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, test } from '@jest/globals';
import { hasInEnvironment, identityOf, isRunning } from './processes.js';

describe('the identity of a process', () => {
  test('says that it runs while it does', async () => {
    const child = spawn('sleep', ['100']);
    await once(child, 'spawn');
    const identity = identityOf(child.pid ?? 0) ?? '';
    expect(isRunning(identity)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(isRunning(identity)).toBe(false);
  });

  test('is not that of another process with a recycled pid, nor that of one before a reboot', () => {
    const [pid, started, boot] = (identityOf(process.pid) ?? '').split('-');
    expect(isRunning(`${pid}-${started}-${boot}`)).toBe(true);
    expect(isRunning(`${pid}-${Number(started) - 1}-${boot}`)).toBe(false);
    expect(isRunning(`${pid}-${started}-0123456789ab`)).toBe(false);
  });
});

test('an environment has a variable only with its whole value', async () => {
  const child = spawn('sleep', ['100'], { env: { ...process.env, MARK: 'one' } });
  await once(child, 'spawn');
  expect(hasInEnvironment(child.pid ?? 0, 'MARK', 'one')).toBe(true);
  expect(hasInEnvironment(child.pid ?? 0, 'MARK', 'on')).toBe(false);
  expect(hasInEnvironment(child.pid ?? 0, 'ARK', 'one')).toBe(false);
  child.kill('SIGKILL');
});

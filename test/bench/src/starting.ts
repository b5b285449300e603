import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { ms, seriesOf } from './measure.js';
import { type Finding } from './report.js';

const root = join(import.meta.dirname, '../../..');
const ROUNDS = 5;
const PORT = 7899;

/** From `npm start` (everything built) to the first answer that names a live host, on a demo fleet. */
export async function measureStarting(): Promise<Finding[]> {
  const samples: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const time = await startOnce();
    if (round > 0) samples.push(time);
  }
  const { p50, n } = seriesOf(samples);
  const figures = `median ${ms(p50)}, longest ${ms(Math.max(...samples))} (n=${n})`;
  return [{ what: '`npm start` (all built) to the first answer with a live host', figures, aim: '' }];
}

async function startOnce(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'fairlead-bench-'));
  const started = performance.now();
  const child = spawn('npm', ['start', '--silent', '--', '--demo', '--port', `${PORT}`, '--data-dir', folder], {
    cwd: root,
    stdio: 'ignore',
    detached: true,
  });
  try {
    while (!(await answers(folder))) await delay(10);
    return performance.now() - started;
  } finally {
    const gone = new Promise((resolve) => child.once('exit', resolve));
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function answers(folder: string): Promise<boolean> {
  try {
    const token = readFileSync(join(folder, 'demo/admin.token'), 'utf8').trim();
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(`http://127.0.0.1:${PORT}/api/v1/hosts?freshness=live`, { headers });
    const { total } = (await response.json()) as { total: number };
    return total > 0;
  } catch {
    return false;
  }
}

import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { memoryLog } from '../testing/memory-log.js';
import { HostPolicyGuard } from './host-policy-guard.js';
import { PolicySource } from './policy-source.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-policy-'));
  path = join(folder, 'policy.yaml');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string, mode = 0o644): void => {
  writeFileSync(path, text, { mode });
  chmodSync(path, mode);
};
const isRoot = process.getuid?.() === 0;

describe('the policy file', () => {
  it('is read as YAML and as JSON', async () => {
    write('mode: manage # for the team\nprotect:\n  names: [prod-*]\n');
    const policy = expect.objectContaining({ mode: 'manage', protect: { names: ['prod-*'], labels: [] } });
    expect(await new PolicySource(path, true).look()).toEqual({ kind: 'policy', policy });
    write('{ "mode": "manage", "protect": { "names": ["prod-*"] } }');
    expect(await new PolicySource(path, true).look()).toEqual({ kind: 'policy', policy });
  });

  it('is read again when it has changed', async () => {
    const source = new PolicySource(path, false);
    expect(await source.look()).toEqual({ kind: 'none' });
    write('mode: full');
    expect(await source.look()).toMatchObject({ policy: { mode: 'full' } });
    write('mode: read-only');
    expect(await source.look()).toMatchObject({ policy: { mode: 'read-only' } });
  });

  it('may be missing only where it was not asked for and never there', async () => {
    expect(await new PolicySource(path, false).look()).toEqual({ kind: 'none' });
    expect(await new PolicySource(path, true).look()).toEqual({ kind: 'unusable', reason: 'it is not there' });
    write('mode: full');
    const source = new PolicySource(path, false);
    await source.look();
    rmSync(path);
    expect(await source.look()).toEqual({ kind: 'unusable', reason: 'it is not there' });
    expect(await source.look()).toEqual({ kind: 'unusable', reason: 'it is not there' });
    write('mode: full');
    expect(await source.look()).toMatchObject({ policy: { mode: 'full' } });
  });

  it.each([0o664, 0o646])('is not followed when others can write it: %o', async (mode) => {
    const source = new PolicySource(path, false);
    write('mode: full');
    expect(await source.look()).toMatchObject({ kind: 'policy' });
    chmodSync(path, mode);
    expect(await source.look()).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('chmod go-w') });
    chmodSync(path, 0o644);
    expect(await source.look()).toMatchObject({ kind: 'policy' });
  });

  (isRoot ? it : it.skip)('is not followed when it is a stranger’s', async () => {
    write('mode: full');
    chownSync(path, 12_345, 0);
    expect(await new PolicySource(path, false).look()).toMatchObject({ reason: expect.stringContaining('user 12345') });
  });

  it('is not followed when it makes no sense, and says where', async () => {
    for (const [text, reason] of [
      ['mode: fu', 'mode: "fu" is not known'],
      ['mode: [', 'neither JSON nor YAML'],
      ['mode: full\nmode: manage', 'neither JSON nor YAML'],
      ['', 'is not a table'],
      [`mode: full\n#${'x'.repeat(70_000)}`, 'more than 65536 bytes'],
    ] as const) {
      write(text);
      expect(await new PolicySource(path, false).look()).toMatchObject({
        kind: 'unusable',
        reason: expect.stringContaining(reason),
      });
    }
    rmSync(path);
    mkdirSync(path);
    expect(await new PolicySource(path, false).look()).toMatchObject({ reason: 'it is not a file' });
  });
});

describe('the guard', () => {
  const aGuard = (more: { removals?: number; changed?: () => void } = {}) => {
    const log = memoryLog();
    const { removals = 0, changed = () => {} } = more;
    const source = new PolicySource(path, false);
    return { log, guard: new HostPolicyGuard({ source, removalsOfLastHour: () => removals, log, changed }) };
  };

  it('names the rule, the file, and who can change it', async () => {
    write('mode: read-only');
    await expect(aGuard().guard.check({ verb: 'create' })).rejects.toMatchObject({
      code: 'policy_refused',
      message: `Host policy ${path}, rule 'mode: read-only': this host may only be looked at`,
      hint: expect.stringContaining('Only the owner of the host'),
    });
  });

  it('refuses all but looks while the file cannot be used, and says why, also in its summary', async () => {
    write('mode: fu');
    const { guard, log } = aGuard();
    for (const verb of ['create', 'remove', 'probe'] as const) {
      await expect(guard.check({ verb })).rejects.toMatchObject({
        code: 'policy_refused',
        message: expect.stringContaining('mode: "fu" is not known'),
      });
    }
    expect(await guard.summary()).toEqual({ mode: 'read-only', rules: [expect.stringContaining('cannot be used')] });
    expect(log.lines.filter(({ message }) => message.includes('cannot be used'))).toHaveLength(1);
  });

  it('counts the removals of the last hour', async () => {
    write('{"mode":"full","maxRemovalsPerHour":2}');
    await aGuard({ removals: 1 }).guard.check({ verb: 'remove' });
    const { guard } = aGuard({ removals: 2 });
    await expect(guard.check({ verb: 'remove' })).rejects.toThrow("rule 'maxRemovalsPerHour: 2'");
  });

  it('tells of a change once', async () => {
    let changes = 0;
    const { guard } = aGuard({ changed: () => (changes += 1) });
    expect(await guard.summary()).toEqual({ mode: '', rules: [] });
    expect(changes).toBe(0);
    write('mode: manage');
    expect(await guard.summary()).toMatchObject({ mode: 'manage' });
    await guard.check({ verb: 'create' });
    expect(changes).toBe(1);
  });
});

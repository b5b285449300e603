import { describe, expect, it } from '@jest/globals';
import { type Subject } from './subject.js';
import { expectRefusal } from './refusals.js';

const LIMIT_MS = 20_000;

export function executing(subject: () => Subject): void {
  describe('running a program in a container', () => {
    it('pings another container of its network by name', async () => {
      await subject().network('my-net');
      const one = await subject().running('one', 'my-net');
      await subject().running('two', 'my-net');
      const [two] = (await subject().engine.inspectContainer('two')).attachments;
      const result = await subject().engine.execute(one, ['ping', '-c', '2', 'two'], LIMIT_MS);
      expect(result).toMatchObject({ exitCode: 0, stderr: '' });
      expect(result.stdout).toContain(`PING two (${two?.ipv4}): 56 data bytes\n64 bytes from ${two?.ipv4}: seq=0 `);
      expect(result.stdout).toMatch(/2 packets transmitted, 2 packets received, 0% packet loss/);
      expect(result.stdout).toMatch(/round-trip min\/avg\/max = [\d.]+\/[\d.]+\/[\d.]+ ms/);
    });

    it("passes the program's failure on, with what it wrote to stderr", async () => {
      await subject().network('my-net');
      const one = await subject().running('one', 'my-net');
      const result = await subject().engine.execute(one, ['ping', '-c', '1', 'nobody'], LIMIT_MS);
      expect(result).toEqual({ exitCode: 1, stdout: '', stderr: "ping: bad address 'nobody'\n" });
    });

    it('says by the exit code that there is no such program', async () => {
      const one = await subject().running('one');
      const { exitCode } = await subject().engine.execute(one, ['no-such-program'], LIMIT_MS);
      expect([126, 127]).toContain(exitCode);
    });

    it('refuses a container that is not there or does not run', async () => {
      const stopped = await subject().created('one');
      const { engine } = subject();
      await expectRefusal(
        engine.execute(stopped, ['ping'], LIMIT_MS),
        'engine_refused',
        /not running|on running containers/,
      );
      await expectRefusal(engine.execute('nobody', ['ping'], LIMIT_MS), 'container_not_found', /no such container/i);
    });
  });
}

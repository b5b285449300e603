import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { attaching } from './attaching.js';
import { creating } from './creating.js';
import { executing } from './executing.js';
import { failing } from './failing.js';
import { following } from './following.js';
import { removing } from './removing.js';
import { resolving } from './resolving.js';
import { type EngineUnderTest, Subject } from './subject.js';

export { capabilitiesOf, type EngineCapabilities } from '../docker/capabilities.js';
export * from './call-samples.js';
export type { EngineUnderTest, HostTools } from './subject.js';

/** Starting a real engine takes seconds, removing 30 networks up to ten. */
const SET_UP_MS = 120_000;

/**
 * What every engine must do that Fairlead is to work with, the simulated one like the real ones. Call it in a test
 * file; it makes one `describe` block named `name`.
 */
export function engineConformance(name: string, setUp: () => Promise<EngineUnderTest>): void {
  describe(name, () => {
    let current: Subject | undefined;
    const subject = (): Subject => {
      if (current === undefined) throw new Error('the engine under test was not set up');
      return current;
    };

    beforeAll(async () => {
      current = await Subject.of(await setUp());
    }, SET_UP_MS);
    afterEach(() => current?.cleanUp(), SET_UP_MS);
    afterAll(async () => {
      current?.engine.close();
      await current?.host.tearDown();
    }, SET_UP_MS);

    it('answers, and says what it is', async () => {
      await subject().engine.ping();
      const facts = await subject().engine.describe();
      expect(facts.version).toMatch(/^\d+\.\d+/);
      expect(facts.apiVersion).toMatch(/^1\.\d+$/);
      expect(facts.simulated).toBe(facts.kind === 'simulated');
      expect(facts.swarm).toEqual({ nodeId: '', clusterId: '', manager: false });
    });

    creating(subject);
    resolving(subject);
    attaching(subject);
    removing(subject);
    following(subject);
    executing(subject);
    failing(subject);
  });
}

import { describe, expect, it } from '@jest/globals';
import { codec } from './codec.js';
import { fromHealthMessage, fromHostMessage, toHealthMessage, toHostMessage } from './host-message.js';
import { hostFacts } from './testing/samples.js';

const overTheWire = (facts = hostFacts()) =>
  codec.decodeResponse('DescribeHost', codec.encodeResponse('DescribeHost', toHostMessage(facts)));

describe('a host on the wire', () => {
  it('comes back field for field', () => {
    expect(fromHostMessage(overTheWire())).toEqual(hostFacts());
  });

  it('takes a mode of its policy that only a newer agent knows for the strictest one', () => {
    const modeOf = (mode: string) => fromHostMessage({ ...overTheWire(), policy: { mode, rules: [] } }).policy.mode;
    expect([modeOf('full'), modeOf('on-tuesdays'), modeOf('')]).toEqual(['full', 'read-only', '']);
    expect(fromHostMessage({ ...overTheWire(), policy: null }).policy).toEqual({ mode: '', rules: [] });
  });

  it('counts an engine of which nothing is said as down', () => {
    const { engine, health } = fromHostMessage({ ...overTheWire(), engine: null, health: null });
    expect(engine.simulated).toBe(false);
    expect(health).toEqual({ state: 'down', reason: 'the agent said nothing of its engine' });
  });

  it('counts an unknown word for health as down, with its reason', () => {
    expect(fromHealthMessage({ state: 'limping', reason: 'slow disk' })).toEqual({
      state: 'down',
      reason: 'slow disk',
    });
  });

  it('carries health alone, as bookmarks do', () => {
    const health = { state: 'down', reason: 'connect ENOENT' } as const;
    const bytes = codec.encodeInventory({ streamId: 's', bookmark: { revision: 3, health: toHealthMessage(health) } });
    expect(fromHealthMessage(codec.decodeInventory(bytes).bookmark?.health ?? null)).toEqual(health);
  });
});

import { FairleadError } from '@fairlead/domain';
import { describe, expect, it } from '@jest/globals';
import { codec } from './codec.js';
import type { Method } from './contract.js';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof FairleadError) return error.code;
    throw error;
  }
  return 'none';
};

describe('the codec', () => {
  it('knows the methods of the service and no word of JavaScript', () => {
    expect(codec.isMethod('CreateNetwork')).toBe(true);
    expect(codec.isMethod('createNetwork')).toBe(false);
    expect(codec.isMethod('constructor')).toBe(false);
    expect(codec.isMethod('__proto__')).toBe(false);
  });

  it('knows which methods answer with a stream', () => {
    expect(codec.isStream('PruneNetworks')).toBe(true);
    expect(codec.isStream('RemoveNetwork')).toBe(false);
  });

  it('carries requests, answers and updates, 64-bit revisions included', () => {
    const revision = Number.MAX_SAFE_INTEGER;
    const update = codec.decodeInventory(codec.encodeInventory({ streamId: 's', snapshotEnd: { revision } }));
    expect(update).toMatchObject({ update: 'snapshotEnd', snapshotEnd: { revision } });
    const request = codec.encodeRequest('LookUpOperation', { operationId: 'o', request: Buffer.from([0, 255]) });
    expect(codec.decodeRequest('LookUpOperation', request).request).toEqual(Buffer.from([0, 255]));
  });

  it('reads nothing as all defaults', () => {
    expect(codec.decodeResponse('ListNetworks', Buffer.alloc(0))).toEqual({ networks: [] });
  });

  it('refuses bytes that are no message as invalid, and unknown methods as unsupported', () => {
    expect(codeOf(() => codec.decodeRequest('RemoveNetwork', Buffer.from([0x7f])))).toBe('invalid_argument');
    expect(codeOf(() => codec.decodeRequest('Format' as Method, Buffer.alloc(0)))).toBe('unsupported');
  });

  it('refuses values of a wrong type as invalid', () => {
    const wrong = { networks: 'many' } as never;
    expect(codeOf(() => codec.encodeResponse('ListNetworks', wrong))).toBe('invalid_argument');
  });
});

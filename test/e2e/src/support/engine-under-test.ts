import { type UnpackedEngine, unpackEngine } from '@fairlead/lab';

/** The engine that `npm run test:engines` has asked for; undefined means this machine's own. */
export async function engineUnderTest(): Promise<{ readonly engine?: UnpackedEngine }> {
  const name = process.env['LAB_TEST_ENGINE'] ?? '';
  return name === '' ? {} : { engine: await unpackEngine(name) };
}

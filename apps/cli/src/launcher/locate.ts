import { FairleadError } from '@fairlead/domain';
import { z } from 'zod';
import { Child } from './child.js';
import type { Launch } from './supervisor.js';

/** An engine that answers on this machine. */
const location = z.object({ url: z.string(), source: z.string(), version: z.string() });
export type EngineLocation = z.output<typeof location>;

/**
 * The engine that the docker CLI would use here, or undefined where none answers. The agent looks for it: it is the
 * only program that speaks to engines.
 */
export async function locateEngine(launch: Launch): Promise<EngineLocation | undefined> {
  const process = launch(['agent', '--locate']);
  let output = '';
  process.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const child = new Child('agent', process, () => undefined);
  const how = await child.ended;
  const read = location.nullable().safeParse(parse(output));
  if (read.success) return read.data ?? undefined;
  throw new FairleadError('internal', `The search for a local engine failed: the agent ${how}`, {
    engineMessage: child.lastLines.join('; '),
    hint: 'Name the engine with --engine URL, or use --demo for simulated hosts.',
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

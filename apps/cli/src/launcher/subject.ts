import { join } from 'node:path';
import { type EngineLocation, locateEngine } from './locate.js';
import type { Launch } from './supervisor.js';

/** Hosts of the demo fleet that stands in where no engine answers. */
export const DEMO_HOSTS = 3;

/** What the agent beside the controller works with. */
export type Subject =
  | { readonly kind: 'engine'; readonly name: string; readonly engine: EngineLocation }
  | { readonly kind: 'demo'; readonly hosts: number; readonly asked: boolean };

export interface Wish {
  readonly demo: number | undefined;
  readonly engine: string | undefined;
  readonly name: string;
}

/** What the user asked for, else the local engine, else a demo fleet, which says that it is one. */
export async function chooseSubject({ demo, engine, name }: Wish, launch: Launch): Promise<Subject> {
  if (demo !== undefined) return { kind: 'demo', hosts: demo, asked: true };
  if (engine !== undefined) return { kind: 'engine', name, engine: { url: engine, source: '--engine', version: '' } };
  const found = await locateEngine(launch);
  return found ? { kind: 'engine', name, engine: found } : { kind: 'demo', hosts: DEMO_HOSTS, asked: false };
}

export const agentArguments = (subject: Subject, linkSocket: string, dataDir: string): string[] => [
  'agent',
  ...(subject.kind === 'engine'
    ? ['--name', subject.name, '--engine', subject.engine.url]
    : ['--demo', String(subject.hosts)]),
  ...['--controller', `unix:${linkSocket}`],
  ...['--data-dir', join(dataDir, 'agent')],
];

import type { EnginePort } from '@fairlead/engine';
import { inspectIfThere } from './read-attachments.js';
import { isConcerned } from './reattachments.js';
import type { RestoreSubject, Scene } from './subject.js';

/** What the engine shows now that bears on a restore. @throws FairleadError `engine_unavailable` */
export async function readScene(engine: EnginePort, subject: RestoreSubject): Promise<Scene> {
  const [facts, networks, all] = await Promise.all([engine.describe(), engine.listNetworks(), engine.listContainers()]);
  const concerned = all.filter((container) => isConcerned(container, subject));
  const details = await Promise.all(concerned.map(({ id }) => inspectIfThere(engine, id)));
  return {
    engine: facts,
    networks,
    containers: details.filter((container) => container !== undefined),
    containerIds: new Set(all.map(({ id }) => id)),
  };
}

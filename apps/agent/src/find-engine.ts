import { type EngineFacts, FairleadError, toFairleadError } from '@fairlead/domain';
import {
  connectEngine,
  type EngineCandidate,
  type EnginePort,
  locateEngine,
  type Surroundings,
} from '@fairlead/engine';

/** An engine that answers, as `--locate` prints it. */
export interface LocatedEngine extends EngineCandidate {
  readonly version: string;
}

/** How an engine is reached; passed in for tests. */
export type Connect = (url: string) => EnginePort;

/** Time for each place to answer when the engine is looked for, in milliseconds. */
const LOOK_LIMIT_MS = 3_000;

const connectBriefly: Connect = (url) => connectEngine(url, { timeoutMs: LOOK_LIMIT_MS });

/** The engine that the docker CLI would use here, if it answers; else the next place with one that does. */
export async function findAnswering(
  candidates: readonly EngineCandidate[],
  connect: Connect = connectBriefly,
): Promise<LocatedEngine | undefined> {
  for (const candidate of candidates) {
    const facts = await ask(candidate.url, connect).catch(() => undefined);
    if (facts !== undefined) return { ...candidate, version: facts.version };
  }
  return undefined;
}

/**
 * The URL of the engine to serve: as given, else the first place that answers, else the first place there is, whose
 * engine may be about to start.
 * @throws FairleadError `engine_unavailable` where there is no place at all, saying what was tried
 */
export async function chooseEngine(
  given: string | undefined,
  around: Surroundings,
  connect: Connect = connectBriefly,
): Promise<string> {
  if (given !== undefined) return given;
  const candidates = await locateEngine(around);
  const found = (await findAnswering(candidates, connect)) ?? candidates[0];
  if (found !== undefined) return found.url;
  throw new FairleadError(
    'engine_unavailable',
    'No engine was found: DOCKER_HOST is not set, no docker context is chosen, and none of the usual sockets of Docker, rootless Docker, Docker Desktop and Podman exists',
    { hint: 'Start the engine, or name it with --engine unix:///path/to/docker.sock.' },
  );
}

async function ask(url: string, connect: Connect): Promise<EngineFacts> {
  const engine = connect(url);
  try {
    await engine.ping();
    return await engine.describe();
  } catch (error) {
    throw toFairleadError(error);
  } finally {
    engine.close();
  }
}

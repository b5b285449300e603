import 'reflect-metadata';
import { setFlagsFromString } from 'node:v8';
import { formatDialAddress, toFairleadError } from '@fairlead/domain';
import { type LinkServer, type Rate } from '@fairlead/link';
import { type INestApplication } from '@nestjs/common';
import { type Logger } from 'pino';
import { asksForHelp, type ControllerConfig, environment, HELP, loadConfig } from './config.js';
import { type Database, openDatabase } from './database/index.js';
import { ensureAdminToken } from './access/admin-token.js';
import { readExposure, readOidc } from './access/access-files.js';
import { localUrl } from './http/exposure.js';
import { createServer, listen } from './http/server.js';
import { CertificateAuthority } from './identity/certificate-authority.js';
import { ControllerIdentity } from './identity/controller-identity.js';
import { IdentitiesStore } from './identity/identities.store.js';
import { createLogger, toLog } from './log.js';
import { readChannels } from './notifications/channels-file.js';
import { createRuntime, type Runtime } from './runtime.js';

export { loadConfig } from './config.js';
export { createLogger } from './log.js';

/** Time for operations under way when the controller is asked to stop, in milliseconds. */
const STOP_WITHIN_MS = 10_000;

export interface RunningController {
  /** `http://127.0.0.1:7800` */
  readonly address: string;
  /** Where agents attach: Unix socket and TCP address, as configured. */
  readonly linkAddresses: readonly string[];
  /** Rejects when it must not go on, with the reason; does not resolve. */
  readonly failure: Promise<never>;
  stop(): Promise<void>;
}

/** Opens the database, takes agents in and serves REST. */
export async function startController(config: ControllerConfig, logger: Logger): Promise<RunningController> {
  const exposure = readExposure(config.access);
  const oidc = readOidc(config.access.oidc);
  const channels = await readChannels(config.notificationsFile);
  const database = await openDatabase(config.dataDir);
  const runtime = createRuntime(database, Date.now, logger, {
    keysDir: config.keysDir,
    oidc,
    own: await openIdentity(config, database, logger).catch(closing(database)),
    advertise: config.advertise ?? undefined,
    dialRanges: config.dialRanges,
    retention: config.retention,
    channels,
    publicUrl: exposure.publicUrl,
    linkLimits: {
      newConnectionsPerAddress: rate(config.connectionsPerAddress, 2),
      enrolments: rate(config.enrolmentsPerAddress, 10),
    },
  });
  let app: INestApplication | undefined;
  const stop = (): Promise<void> => stopAll(app, runtime, logger);
  try {
    await runtime.start();
    await ensureAdminToken(config.dataDir, runtime.access.tokens, config.access.resetAdminToken, toLog(logger));
    app = await createServer(runtime, Date.now, logger, exposure);
    const port = await listen(app, config.port, exposure.host);
    const linkAddresses = await openLink(runtime, config);
    const address = localUrl(exposure, port);
    const failure = database.checked.then(() => new Promise<never>(() => undefined));
    // Who does not wait for it finds the same damage where it is met.
    failure.catch(() => undefined);
    return { address, linkAddresses, failure, stop };
  } catch (error) {
    // What failed first says why.
    await stop().catch(() => undefined);
    throw error;
  }
}

/** So many a second, and what comes in so many seconds at once. */
const rate = (perSecond: number, seconds: number): Rate => ({ perSecond, burst: perSecond * seconds });

/** Where no host joins and none is dialled there are no keys: `fairlead up` on one machine makes none. */
async function openIdentity(
  { linkPort, dialRanges, keysDir, certificateLifeMs }: ControllerConfig,
  database: Database,
  logger: Logger,
): Promise<ControllerIdentity | undefined> {
  if (linkPort === null && dialRanges.length === 0) return undefined;
  const isNew = await IdentitiesStore.isEmpty(database);
  const ca = await CertificateAuthority.open(keysDir, Date.now, isNew, certificateLifeMs);
  return ControllerIdentity.open(ca, toLog(logger));
}

const closing =
  (database: Database) =>
  async (error: unknown): Promise<never> => {
    await database.close();
    throw error;
  };

async function openLink({ link, place }: Runtime, config: ControllerConfig): Promise<string[]> {
  const addresses = [];
  if (config.linkSocket !== null) addresses.push(await link.listen(`unix:${config.linkSocket}`));
  if (config.linkPort !== null) {
    const address = await openPort(link, config.linkHost, config.linkPort);
    place.port = Number(/\d+$/.exec(address)?.[0]);
    addresses.push(address);
  }
  return addresses;
}

/** On all addresses of both families, or of IPv4 where this machine has no other. */
async function openPort(link: LinkServer, host: string | null, port: number): Promise<string> {
  if (host !== null) return link.listen(formatDialAddress({ host, port }));
  try {
    return await link.listen(`[::]:${port}`);
  } catch (error) {
    if (toFairleadError(error).code === 'already_exists') throw error;
    return link.listen(`0.0.0.0:${port}`);
  }
}

async function stopAll(app: INestApplication | undefined, runtime: Runtime, logger: Logger): Promise<void> {
  // Whatever fails: who is to end must not go on serving.
  try {
    await runtime.stop(STOP_WITHIN_MS);
  } finally {
    try {
      await app?.close();
    } finally {
      await runtime.database.close();
    }
  }
  logger.info('stopped');
}

/**
 * How far the heap may grow beyond what lives in it before V8 looks for garbage again, in per cent. By itself it waits for
 * up to four times as much, which takes memory and saves no time here.
 */
const HEAP_GROWTH = 50;

/** Runs until SIGINT, SIGTERM or the end of its parent. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  if (asksForHelp(argv)) {
    process.stdout.write(HELP);
    return 0;
  }
  setFlagsFromString(`--heap-growing-percent=${HEAP_GROWTH}`);
  try {
    const config = loadConfig(environment(), argv);
    // What is written is for its owner alone, also in a folder that others may read.
    process.umask(0o077);
    const logger = createLogger(config.logLevel);
    const running = await startController(config, logger);
    logger.info({ address: running.address, link: running.linkAddresses }, 'ready');
    process.send?.({ type: 'ready', address: running.address, link: running.linkAddresses });
    await Promise.race([asked(), running.failure]).catch(async (error: unknown) => {
      // What failed first says why.
      await running.stop().catch(() => undefined);
      throw error;
    });
    await running.stop();
    return 0;
  } catch (error) {
    const { message, hint, traits } = toFairleadError(error);
    process.stderr.write(`fairlead controller: ${message}\n${hint ? `${hint}\n` : ''}`);
    return traits.exit;
  }
}

function asked(): Promise<unknown> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, resolve);
    process.once('disconnect', resolve);
  });
}

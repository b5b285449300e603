import 'reflect-metadata';
import { toFairleadError } from '@fairlead/domain';
import { type INestApplication } from '@nestjs/common';
import { type Logger } from 'pino';
import { asksForHelp, type ControllerConfig, environment, HELP, loadConfig } from './config.js';
import { openDatabase } from './database/index.js';
import { createServer, listen } from './http/server.js';
import { createLogger } from './log.js';
import { createRuntime, type Runtime } from './runtime.js';

/** Time for operations under way when the controller is asked to stop, in milliseconds. */
const STOP_WITHIN_MS = 10_000;

export interface RunningController {
  /** `http://127.0.0.1:7800` */
  readonly address: string;
  /** Where agents attach: Unix socket and TCP address, as configured. */
  readonly linkAddresses: readonly string[];
  stop(): Promise<void>;
}

/** Opens the database, takes agents in and serves REST. */
export async function startController(config: ControllerConfig, logger: Logger): Promise<RunningController> {
  const database = await openDatabase(config.dataDir);
  const runtime = createRuntime(database, Date.now, logger);
  let app: INestApplication | undefined;
  const stop = (): Promise<void> => stopAll(app, runtime, logger);
  try {
    await runtime.start();
    app = await createServer(runtime, Date.now, logger);
    const port = await listen(app, config.port);
    const wanted = [
      config.linkSocket && `unix:${config.linkSocket}`,
      config.linkPort !== null && `127.0.0.1:${config.linkPort}`,
    ];
    const linkAddresses = [];
    for (const address of wanted) if (address) linkAddresses.push(await runtime.link.listen(address));
    return { address: `http://127.0.0.1:${port}`, linkAddresses, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function stopAll(app: INestApplication | undefined, runtime: Runtime, logger: Logger): Promise<void> {
  await runtime.stop(STOP_WITHIN_MS);
  await app?.close();
  await runtime.database.close();
  logger.info('stopped');
}

/** Runs until SIGINT, SIGTERM or the end of its parent. @returns the exit code */
export async function main(argv: readonly string[]): Promise<number> {
  if (asksForHelp(argv)) {
    process.stdout.write(HELP);
    return 0;
  }
  try {
    const config = loadConfig(environment(), argv);
    // What is written is for its owner alone, also in a folder that others may read.
    process.umask(0o077);
    const logger = createLogger(config.logLevel);
    const running = await startController(config, logger);
    logger.info({ address: running.address, link: running.linkAddresses }, 'ready');
    process.send?.({ type: 'ready', address: running.address, link: running.linkAddresses });
    await asked();
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

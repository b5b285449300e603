import { type LinkLog } from '@fairlead/link';
import { type LoggerService } from '@nestjs/common';
import { type Logger, pino } from 'pino';

/** One line for people to read or machines to take in; `details` never hold secrets. */
export type Log = (message: string, details?: object) => void;

export const createLogger = (level: string): Logger => pino({ level, base: null }, pino.destination(2));

export const toLog =
  (logger: Logger): Log =>
  (message, details = {}) =>
    logger.info(details, message);

/** For what an operator should look at. */
export const toWarnings =
  (logger: Logger): Log =>
  (message, details = {}) =>
    logger.warn(details, message);

export const toLinkLog = (logger: Logger): LinkLog => ({
  debug: (message, details) => logger.debug({ ...details }, message),
  info: (message, details) => logger.info({ ...details }, message),
  warn: (message, details) => logger.warn({ ...details }, message),
});

/** Nest's own words: its start-up chatter is of no use to operators. */
export const toNestLogger = (logger: Logger): LoggerService => ({
  log: (message: unknown) => logger.debug(String(message)),
  warn: (message: unknown) => logger.warn(String(message)),
  error: (message: unknown, ...details: unknown[]) => logger.error({ details }, String(message)),
});

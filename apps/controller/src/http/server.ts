import { type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { parse } from 'node:querystring';
import { API_PREFIX } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type INestApplication, NotFoundException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ExpressAdapter } from '@nestjs/platform-express';
import express, { type NextFunction, type Request, type Response } from 'express';
import { type Logger } from 'pino';
import { AppModule } from '../app.module.js';
import { type Clock } from '../clock.js';
import { toLog, toNestLogger } from '../log.js';
import { type Runtime } from '../runtime.js';
import { ProblemFilter } from './problem.filter.js';

/** REST of a runtime, not yet listening. */
export async function createServer(runtime: Runtime, now: Clock, logger: Logger): Promise<INestApplication> {
  const server = express();
  server.disable('x-powered-by');
  server.set('query parser', readQuery);
  const app = await NestFactory.create(AppModule.of(runtime, now, toLog(logger)), new ExpressAdapter(server), {
    logger: toNestLogger(logger),
    bodyParser: false,
    abortOnError: false,
    forceCloseConnections: true,
  });
  app.use(refuseOtherBodies, express.json({ limit: '1mb', strict: true }));
  app.setGlobalPrefix(API_PREFIX, { exclude: ['healthz', 'readyz'] });
  await app.init();
  answerTheRest(server, new ProblemFilter(toLog(logger)));
  return app;
}

/** Nest answers under the prefix only; beyond it Express would answer with a page of HTML. */
function answerTheRest(server: express.Express, problems: ProblemFilter): void {
  server.use(() => {
    throw new NotFoundException();
  });
  // Express knows a handler of errors by its four parameters.
  server.use((thrown: unknown, request: Request, response: Response, _next: NextFunction) =>
    problems.answer(thrown, request, response),
  );
}

/** Repeated keys become lists. Without a limit of keys, which would silently leave hosts out of a question. */
const readQuery = (text: string | undefined): object => parse(text ?? '', '&', '=', { maxKeys: 0 });

/** A body that is not read would be taken for none. */
function refuseOtherBodies(request: Request, _response: Response, next: NextFunction): void {
  const empty = request.headers['content-length'] === '0';
  if (empty || request.is('json') !== false) return next();
  throw new FairleadError('invalid_argument', 'The body is not JSON by its Content-Type', {
    hint: 'Send JSON with Content-Type: application/json.',
  });
}

/** Time for a whole request to come in, in milliseconds: who sends slowly must not hold a socket for minutes. */
const RECEIVE_WITHIN_MS = 30_000;

/** @returns the port as bound @throws FairleadError `already_exists` where another process listens there */
export async function listen(app: INestApplication, port: number): Promise<number> {
  try {
    await app.listen(port, '127.0.0.1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new FairleadError('already_exists', `Another process listens on 127.0.0.1:${port}`, {
      hint: 'Stop it, or choose another port with --port.',
    });
  }
  const server = app.getHttpServer() as Server;
  server.requestTimeout = RECEIVE_WITHIN_MS;
  return (server.address() as AddressInfo).port;
}

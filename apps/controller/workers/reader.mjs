/**
 * Reads for src/database/read-worker.ts on a thread of its own, so that a long query holds up neither sessions nor
 * other requests. Plain JavaScript, since it is started from `src` and from `dist` alike.
 *
 * Takes `{ id, sql, values }` and answers `{ id, rows }` or `{ id, error }`; takes `null` as the end.
 */
import { parentPort, workerData } from 'node:worker_threads';
import Libsql from 'libsql';

/** Enough for the statements of all queries; what falls out is prepared again. */
const MAX_PREPARED = 128;

const database = new Libsql(workerData.file);
for (const pragma of workerData.pragmas) database.exec(`PRAGMA ${pragma}`);

/** Least recently used first. */
const prepared = new Map();

function prepare(sql) {
  const statement = prepared.get(sql) ?? database.prepare(sql);
  prepared.delete(sql);
  prepared.set(sql, statement);
  if (prepared.size > MAX_PREPARED) prepared.delete(prepared.keys().next().value);
  return statement;
}

/** What of an error survives the way between threads. */
const toMessage = ({ message, code, rawCode }) => ({ message, code, rawCode });

parentPort.on('message', (request) => {
  if (request === null) {
    prepared.clear();
    database.close();
    parentPort.close();
    return;
  }
  const { id, sql, values } = request;
  try {
    parentPort.postMessage({ id, rows: prepare(sql).all(values) });
  } catch (error) {
    parentPort.postMessage({ id, error: toMessage(error) });
  }
});

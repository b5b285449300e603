/**
 * One SQLite connection on a thread of its own, for src/database/sqlite-thread.ts: so that neither a long query nor the
 * disk holds up sessions and requests. Plain JavaScript, since it is started from `src` and from `dist` alike.
 *
 * Takes `{ id, kind, sql, values, within }`, or `{ id, kind: 'transaction', statements }`, and answers
 * `{ id, value, inTransaction }` or `{ id, error, inTransaction }`; takes `null` as the end. Every statement is stepped to
 * its end within its turn, so none holds a snapshot open.
 */
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import Libsql from 'libsql';

/** Enough for every statement of the controller; what falls out is prepared again. */
const MAX_PREPARED = 256;

/** 0 is this thread on Linux, and the whole process elsewhere. Where it is not allowed, the thread is as urgent as others. */
function beNice() {
  try {
    if (workerData.niceness > 0 && process.platform === 'linux') setPriority(0, workerData.niceness);
  } catch {
    // See above.
  }
}
beNice();

let database;
/** By kind and text, least recently used first. Their columns are kept too: no table that `query` reads changes meanwhile. */
const prepared = new Map();

function open() {
  if (database !== undefined) return;
  const opened = new Libsql(workerData.file);
  for (const pragma of workerData.pragmas) opened.exec(`PRAGMA ${pragma}`);
  database = opened;
}

function prepare(kind, sql) {
  const key = `${kind} ${sql}`;
  const known = prepared.get(key);
  if (known) prepared.delete(key);
  const entry = known ?? compile(kind, sql);
  prepared.set(key, entry);
  if (prepared.size > MAX_PREPARED) prepared.delete(prepared.keys().next().value);
  return entry;
}

function compile(kind, sql) {
  const statement = database.prepare(sql);
  if (kind === 'all' || !statement.reader) return { statement };
  const columns = statement.columns().map(({ name, type }) => ({ name, declaredType: type ?? '' }));
  return { statement: statement.raw(true).safeIntegers(true), columns };
}

/** A full disk makes SQLite roll back by itself. Where neither works, the connection goes, and its transaction with it. */
function rollBack() {
  try {
    if (database.inTransaction) database.exec('ROLLBACK');
  } catch {
    prepared.clear();
    database.close();
    database = undefined;
  }
}

const KINDS = {
  /** Rows as objects; integers and booleans are numbers. */
  all: ({ sql, values }) => prepare('all', sql).statement.all(values),
  /** Rows as arrays, with their columns; integers are bigints. */
  query: ({ sql, values }) => {
    const { statement, columns } = prepare('query', sql);
    if (columns) return { columns, rows: statement.all(values) };
    statement.run(values);
    return { columns: [], rows: [] };
  },
  /** How many rows the statement changed, or returned if it returns any. */
  run: ({ sql, values }) => {
    const { statement, columns } = prepare('query', sql);
    return columns ? statement.all(values).length : statement.run(values).changes;
  },
  /** Any number of statements up to the first that fails. */
  exec: ({ sql }) => void database.exec(sql),
  /** All statements or none: of each its rows as objects where it returns any, else how many it changed. */
  transaction: ({ statements }) => {
    database.exec('BEGIN IMMEDIATE');
    try {
      const results = statements.map(({ sql, values }) => {
        const { statement } = prepare('all', sql);
        return statement.reader ? statement.all(values) : statement.run(values).changes;
      });
      database.exec('COMMIT');
      return results;
    } catch (error) {
      rollBack();
      throw error;
    }
  },
};

/** What of an error survives the way between threads. */
const toMessage = ({ message, code, rawCode }) => ({ message, code, rawCode });

function answer(request) {
  const { id } = request;
  try {
    open();
    // A full disk makes SQLite roll back by itself; what came after would then be committed one by one.
    if (request.within && !database.inTransaction) return { id, rolledBack: true, inTransaction: false };
    const value = KINDS[request.kind](request);
    return { id, value, inTransaction: database.inTransaction };
  } catch (error) {
    return { id, error: toMessage(error), inTransaction: database?.inTransaction === true };
  }
}

parentPort.on('message', (request) => {
  if (request !== null) return parentPort.postMessage(answer(request));
  prepared.clear();
  database?.close();
  parentPort.close();
});

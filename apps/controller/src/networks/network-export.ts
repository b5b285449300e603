import { once } from 'node:events';
import { type ExportQuery, type NetworkView } from '@fairlead/api';
import { type Request, type Response } from 'express';

type Row = readonly (readonly [string, (row: NetworkView) => string | number | boolean])[];

/** The columns of CSV. New ones come at the end, so that readers by position go on. */
const COLUMNS: Row = [
  ['host', ({ host }) => host],
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['driver', ({ driver }) => driver],
  ['scope', ({ scope }) => scope],
  ['subnets', ({ subnets }) => subnets.map(({ cidr }) => cidr).join(' ')],
  ['containers', ({ containers }) => containers.total],
  ['running', ({ containers }) => containers.running],
  ['internal', ({ internal }) => internal],
  ['attachable', ({ attachable }) => attachable],
  ['predefined', ({ predefined }) => predefined],
  ['created_at', ({ createdAt }) => createdAt],
  ['first_seen_at', ({ firstSeenAt }) => firstSeenAt],
  ['unused_since', ({ unusedSince }) => unusedSince ?? ''],
  ['labels', ({ labels }) => JSON.stringify(labels)],
  ['freshness', ({ freshness }) => freshness],
  ['as_of', ({ asOf }) => asOf],
  ['simulated', ({ simulated }) => simulated],
];

/**
 * One field of RFC 4180. What a spreadsheet would run as a formula is marked as text by an apostrophe, as it does it
 * itself: engines take names such as `=1+1`.
 */
const field = (value: string | number | boolean): string => {
  const text = typeof value === 'string' ? value.replace(/^[=+\-@\t\r]/, "'$&") : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

const csv = (rows: readonly NetworkView[]): string =>
  rows.map((row) => `${COLUMNS.map(([, valueOf]) => field(valueOf(row))).join(',')}\r\n`).join('');

/** How an export begins, what stands for some of its rows, and how it ends. */
const FORMATS = {
  json: {
    type: 'application/json',
    begin: '[',
    rows: (rows: readonly NetworkView[], first: boolean) =>
      rows.map((row, index) => `${first && index === 0 ? '' : ','}\n${JSON.stringify(row)}`).join(''),
    end: '\n]\n',
  },
  csv: {
    type: 'text/csv; charset=utf-8; header=present',
    begin: `${COLUMNS.map(([name]) => name).join(',')}\r\n`,
    rows: csv,
    end: '',
  },
} as const;

/**
 * Sends rows as they are read, and reads no faster than the caller takes them. What goes wrong before the first rows is a
 * problem like any other; after them the connection breaks off, so that a part never passes for the whole.
 */
export async function sendExport(
  pages: AsyncIterable<readonly NetworkView[]>,
  format: ExportQuery['format'],
  request: Request,
  response: Response,
): Promise<void> {
  const { type, begin, rows, end } = FORMATS[format];
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  let first = true;
  try {
    for await (const page of pages) {
      if (response.destroyed) return;
      if (!response.headersSent) {
        const disposition = `attachment; filename="networks.${format}"`;
        response.writeHead(200, {
          'content-type': type,
          'content-disposition': disposition,
          'cache-control': 'no-store',
        });
        if (request.method === 'HEAD') return void response.end();
        response.write(begin);
      }
      const taken = response.write(rows(page, first));
      if (page.length > 0) first = false;
      if (!taken) await once(response, 'drain', { signal: gone.signal });
    }
    response.end(end);
  } catch (error) {
    if (gone.signal.aborted) return;
    if (!response.headersSent) throw error;
    response.destroy();
  }
}

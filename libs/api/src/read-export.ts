import { FairleadError } from '@fairlead/domain';
import type { ExportQuery } from './network.js';
import { ROUTES } from './routes.js';
import { type ClientOptions, foreign, send } from './transport.js';

export interface ReadExportOptions {
  readonly query: Partial<ExportQuery>;
  /** Ends the reading; what it throws is the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

const MEDIA_TYPES = { json: 'application/json', csv: 'text/csv' } as const;

/**
 * The text of an export in pieces, as they come: nothing of it is held. Leaving the loop closes the connection.
 * @throws ProblemError for problem answers, FairleadError `controller_unavailable` where no answer comes or it breaks
 *   off (what came is then not all), `internal` for an answer that is not Fairlead's.
 */
export async function* readExport(client: ClientOptions, { query, signal }: ReadExportOptions): AsyncGenerator<string> {
  const mediaType = MEDIA_TYPES[query.format ?? 'json'];
  const response = await send(client, ROUTES.exportNetworks, { query, signal }, mediaType);
  const type = response.headers.get('content-type') ?? 'no type';
  if (!response.body || !type.startsWith(mediaType)) throw foreign(response, type);
  const reader: ReadableStreamDefaultReader<Uint8Array> = response.body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      const text = decoder.decode(value, { stream: !done });
      if (text !== '') yield text;
      if (done) return;
    }
  } catch (cause) {
    if (signal?.aborted) throw signal.reason;
    throw new FairleadError('controller_unavailable', 'The export broke off: what has come is not all of it', {
      hint: 'Begin it again.',
      cause,
    });
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}

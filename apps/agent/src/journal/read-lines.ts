import { type Entry, type Header } from './entries.js';
import { type Handle, scanLines, type Span } from './journal-file.js';

/** What a journal's file holds. */
export interface Scan {
  readonly header: Header | undefined;
  readonly entries: { readonly entry: Entry; readonly span: Span }[];
  /** Bytes of the lines that count, and of all that is there. */
  readonly length: { counted: number; found: number };
  /** Why it cannot be trusted. */
  readonly fault: string | undefined;
}

/** Reads a journal from its beginning; never rejects for what the file holds. */
export async function readAll(handle: Handle): Promise<Scan> {
  const entries: Scan['entries'] = [];
  const length = { counted: 0, found: 0 };
  let header: Header | undefined;
  for await (const { text, whole, ...span } of scanLines(handle)) {
    const line = whole ? parse(text) : undefined;
    const isTorn = length.found > length.counted;
    length.found = span.offset + span.length;
    if (isTorn) return { header, entries, length, fault: `line at byte ${length.counted} cannot be read` };
    if (line === undefined) continue;
    if (line.t !== 'journal') entries.push({ entry: line, span });
    else header = line;
    if (header === undefined) return { header, entries, length, fault: 'it does not begin like a journal' };
    length.counted = length.found;
  }
  const isForeign = header === undefined && length.found > 0;
  return { header, entries, length, fault: isForeign ? 'it does not begin like a journal' : undefined };
}

function parse(text: string): Header | Entry | undefined {
  try {
    const value = JSON.parse(text) as Header | Entry | null;
    return typeof value?.t === 'string' ? value : undefined;
  } catch {
    return undefined;
  }
}

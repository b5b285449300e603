import { type Document, isAlias, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import { type z } from 'zod';
import { type ChannelConfig } from './channel-config.js';
import { channelsSchema } from './channel-schema.js';

interface Fault {
  readonly line: number;
  readonly message: string;
}

type Parsed = { readonly channels: readonly ChannelConfig[] } | { readonly faults: readonly Fault[] };

/** Reads YAML, of which JSON is a part. No fault repeats what the text holds: it may be a secret. */
export function parseChannels(text: string): Parsed {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const faults = [...syntaxFaults(document, lines), ...quoteFaults(document, lines)];
  if (faults.length > 0) return { faults };
  const { data, error } = channelsSchema.safeParse(document.toJS());
  if (data !== undefined) return { channels: data };
  return { faults: error.issues.flatMap((issue) => faultsOf(issue, document, lines)) };
}

/** By their codes: their messages quote the text. */
const syntaxFaults = ({ errors }: Document.Parsed, lines: LineCounter): Fault[] =>
  errors.map(({ code, pos }) => ({
    line: lines.linePos(pos[0]).line,
    message: `is not YAML (${code.toLowerCase().replaceAll('_', ' ')})`,
  }));

/** In YAML these signs at the beginning of a value make something else of it, and of a password another one. */
function quoteFaults(document: Document.Parsed, lines: LineCounter): Fault[] {
  const faults: Fault[] = [];
  visit(document, {
    Node: (_, node) => {
      if (!isAlias(node) && node.anchor === undefined && node.tag === undefined) return;
      const { line } = lines.linePos(node.range?.[0] ?? 0);
      faults.push({ line, message: 'a value that begins with *, & or ! must be in quotes' });
    },
  });
  return faults;
}

function faultsOf(issue: z.core.$ZodIssue, document: Document.Parsed, lines: LineCounter): Fault[] {
  const { path, message } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      line: lineOfKey(key, path, document, lines),
      message: `${place(path)}there is no such key here`,
    }));
  }
  // A name that is not valid may be anything; the path to it ends with it.
  if (issue.code === 'invalid_key') {
    const line = lineOfKey(path.at(-1), path.slice(0, -1), document, lines);
    return issue.issues.map((inner) => ({ line, message: inner.message }));
  }
  return [{ line: lineOf(path, document, lines), message: `${place(path)}${message}` }];
}

const place = (path: readonly PropertyKey[]): string => (path.length === 0 ? '' : `${path.map(String).join('.')}: `);

/** Of the value, or of the table that lacks it. */
function lineOf(path: readonly PropertyKey[], document: Document.Parsed, lines: LineCounter): number {
  for (let depth = path.length; depth >= 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line;
  }
  return 1;
}

function lineOfKey(
  key: PropertyKey | undefined,
  path: readonly PropertyKey[],
  document: Document.Parsed,
  lines: LineCounter,
): number {
  const table = document.getIn(path, true);
  const pair = isMap(table)
    ? table.items.find((each) => isScalar(each.key) && String(each.key.value) === key)
    : undefined;
  const start = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
  return start === undefined ? lineOf(path, document, lines) : lines.linePos(start).line;
}

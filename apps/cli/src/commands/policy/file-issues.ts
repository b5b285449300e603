import { nearest } from '@fairlead/domain';
import { type Document, isMap, isNode, isScalar, type Scalar } from 'yaml';
import { z } from 'zod';

export type Path = readonly PropertyKey[];

/** Something wrong at a place of a text. */
export interface FileFault {
  /** Characters before it. */
  readonly offset: number;
  readonly message: string;
}

/** What a schema found wrong, in the words of the file. */
export function explainIssue(issue: z.core.$ZodIssue, schema: z.ZodType, document: Document): FileFault[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      offset: offsetOfKey(key, path, document),
      message: `there is no field '${[...path, key].map(String).join('.')}'; did you mean ${nearest(key, keysAt(schema, path))}?`,
    }));
  }
  // One of several forms: the first one is what people write.
  const [first] = issue.code === 'invalid_union' ? (issue.errors[0] ?? []) : [issue];
  const message = describe(first ?? issue, path, document);
  return [{ offset: offsetOf(path, document), message: `${path.map(String).join('.')}: ${message}` }];
}

/** Of the value that a path leads to, or of the innermost one around it that is there. */
export function offsetOf(path: Path, document: Document): number {
  for (let depth = path.length; depth > 0; depth--) {
    const node = document.getIn(path.slice(0, depth), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return 0;
}

function offsetOfKey(key: string, path: Path, document: Document): number {
  const table = path.length === 0 ? document.contents : document.getIn(path, true);
  const pair = isMap(table)
    ? table.items.find((each) => isScalar(each.key) && String(each.key.value) === key)
    : undefined;
  return (isScalar(pair?.key) ? pair.key.range?.[0] : undefined) ?? offsetOf(path, document);
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a table of fields',
};

function describe(issue: z.core.$ZodIssue, path: Path, document: Document): string {
  if (issue.code === 'invalid_value') return `must be one of ${issue.values.map(String).join(', ')}`;
  if (issue.code !== 'invalid_type') return issue.message;
  if (!document.hasIn(path)) return 'is missing';
  const node = document.getIn(path, true);
  return `must be ${TYPES[issue.expected] ?? issue.expected}${isScalar(node) ? `, not ${asWritten(node)}` : ''}`;
}

/** JSON has no binary data, and not all the numbers of YAML. */
function asWritten({ value, source }: Scalar): string {
  if (value instanceof Uint8Array) return 'binary data';
  return typeof value === 'number' ? (source ?? String(value)) : JSON.stringify(value);
}

/** Names of the fields that a schema knows at a path. */
function keysAt(schema: z.core.$ZodType, path: Path): string[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return keysAt(inner.element, path.slice(1));
  if (!(inner instanceof z.ZodObject)) return [];
  const [key, ...rest] = path;
  if (key === undefined) return Object.keys(inner.shape);
  const field: unknown = inner.shape[String(key)];
  return field instanceof z.ZodType ? keysAt(field, rest) : [];
}

/** Without defaults and the like. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  const wrapped =
    schema instanceof z.ZodDefault ||
    schema instanceof z.ZodPrefault ||
    schema instanceof z.ZodNullable ||
    schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}

import { Document, isScalar, visit } from 'yaml';
import { isUnsafe, visibleLines } from './escape.js';

export const OUTPUT_FORMATS = ['table', 'json', 'yaml', 'name'] as const;
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];

/** JSON with unsafe characters as `\u…`, which is the same value. */
export const toJson = (value: unknown): string => `${visibleLines(JSON.stringify(value, null, 2))}\n`;

/** One line of JSON. */
export const toJsonLine = (value: unknown): string => `${visibleLines(JSON.stringify(value))}\n`;

/** YAML in which texts with unsafe characters are quoted, so that `\u…` means the character there too. */
export function toYaml(value: unknown): string {
  const document = new Document(value, { aliasDuplicateObjects: false });
  visit(document, (_, node) => {
    if (isScalar(node) && typeof node.value === 'string' && isUnsafe(node.value)) node.type = 'QUOTE_DOUBLE';
  });
  return visibleLines(document.toString({ lineWidth: 0, singleQuote: false }));
}

export const toData = (format: 'json' | 'yaml', value: unknown): string =>
  format === 'json' ? toJson(value) : toYaml(value);

import { createHash } from 'node:crypto';
import { FairleadError } from '@fairlead/domain';

type Type = 'string' | 'number';
type Parts<Types extends readonly Type[]> = {
  readonly [K in keyof Types]: { string: string; number: number }[Types[K]];
};

/** Where a page ended, as the caller gets it back: with a digest of the question, so that it serves no other one. */
export class PageCursor {
  private readonly digest: string;

  /** @param query with or without its page: `limit` and `cursor` do not count */
  constructor(list: string, query: object) {
    const asked = Object.entries(query)
      .filter(([key, value]) => key !== 'limit' && key !== 'cursor' && value !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1));
    this.digest = createHash('sha256')
      .update(JSON.stringify([list, asked]))
      .digest('base64url')
      .slice(0, 12);
  }

  write(...end: readonly (string | number)[]): string {
    return Buffer.from(JSON.stringify([this.digest, ...end])).toString('base64url');
  }

  /**
   * @param types of the parts that `write` was given
   * @throws FairleadError `invalid_argument` for a cursor that no page of this question ended with
   */
  read<const Types extends readonly Type[]>(cursor: string, types: Types): Parts<Types> {
    const [digest, ...end] = partsOf(cursor);
    if (digest === this.digest && end.length === types.length && end.every((part, at) => typeof part === types[at])) {
      return end as unknown as Parts<Types>;
    }
    throw new FairleadError('invalid_argument', 'The cursor does not belong to this query', {
      hint: 'Begin again without a cursor; pass nextCursor back as it was given, with the same filters and sort order.',
    });
  }
}

function partsOf(cursor: string): unknown[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    return Array.isArray(parts) ? parts : [];
  } catch {
    return [];
  }
}

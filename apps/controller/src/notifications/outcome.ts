/**
 * What became of one attempt: the receiver has it, it may be tried again, or it need not be. What it says is stored,
 * logged and shown, so that it holds no address and no word of the receiver, who may repeat both address and secret.
 */
export type Outcome =
  | { readonly kind: 'delivered'; readonly remark: string | null }
  | { readonly kind: 'failed'; readonly error: string; readonly retryAfterMs: number }
  | { readonly kind: 'refused'; readonly error: string };

export const delivered = (remark: string | null = null): Outcome => ({ kind: 'delivered', remark });

/** @param retryAfterMs how long the receiver asks to be left alone, in milliseconds */
export const failed = (error: string, retryAfterMs = 0): Outcome => ({ kind: 'failed', error, retryAfterMs });

export const refused = (error: string): Outcome => ({ kind: 'refused', error });

/** The code of a system error, also of one that another was thrown for. Messages are not used: they name addresses. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const { cause, originalCode, code } = error as Partial<Record<'cause' | 'originalCode' | 'code', unknown>>;
  return [codeOf(cause), originalCode, code].find(isCode);
}

const isCode = (value: unknown): value is string => typeof value === 'string' && /^[A-Z][A-Z0-9_]*$/.test(value);

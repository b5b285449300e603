/** A label filter as Docker's `--filter label=` writes it: `key` or `key=value`. All filters must hold. */
export interface LabelFilter {
  readonly key: string;
  /** `undefined` asks only that the key is there. */
  readonly value: string | undefined;
  readonly negated: boolean;
}

/**
 * The label that an agent puts in the place of labels it left out, because a network has more of them than are carried
 * (its value: how many). Whoever judges by labels knows from it that not all are known.
 */
export const LABELS_LEFT_OUT = 'fairlead/labels-left-out';

export function parseLabelFilter(text: string, negated = false): LabelFilter {
  const cut = text.indexOf('=');
  return cut < 0
    ? { key: text, value: undefined, negated }
    : { key: text.slice(0, cut), value: text.slice(cut + 1), negated };
}

/**
 * Whether the labels satisfy every filter. Two negated filters must both hold; the engine's own prune takes them as
 * alternatives (moby issue 40286), which removes more than was asked for.
 */
export function matchesLabels(filters: readonly LabelFilter[], labels: Readonly<Record<string, string>>): boolean {
  return filters.every(({ key, value, negated }) => {
    const has = Object.hasOwn(labels, key) && (value === undefined || labels[key] === value);
    return has !== negated;
  });
}

/** The items in their order, cut so that no portion weighs more than `most`; what is heavier alone is a portion. */
export function portions<T>(items: readonly T[], weightOf: (item: T) => number, most: number): T[][] {
  const cut: T[][] = [];
  let weight = Infinity;
  for (const item of items) {
    const more = weightOf(item);
    if (weight + more > most) {
      cut.push([]);
      weight = 0;
    }
    cut.at(-1)!.push(item);
    weight += more;
  }
  return cut;
}

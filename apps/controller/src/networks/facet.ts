import { type NetworkFacetsView } from '@fairlead/api';

/** Values of a facet that are named. */
const MOST_VALUES = 50;

/** Largest first; what is beyond the values that are named is counted together. */
export function toFacet(by: string, counts: ReadonlyMap<string, number>): NetworkFacetsView['facets'][number] {
  const values = Array.from(counts, ([value, count]) => ({
    value: by === 'inUse' ? String(value === '1') : value,
    count,
  })).sort((a, b) => b.count - a.count || (a.value < b.value ? -1 : 1));
  const others = values.slice(MOST_VALUES).reduce((sum, { count }) => sum + count, 0);
  return { by, values: values.slice(0, MOST_VALUES), others };
}

/** Keeps the answers of `make`, `limit` at most; the oldest are forgotten first. What throws is not kept. */
export function remembered<K, V>(limit: number, make: (key: K) => V): (key: K) => V {
  const known = new Map<K, { readonly value: V }>();
  return (key) => {
    const found = known.get(key);
    if (found !== undefined) return found.value;
    const value = make(key);
    for (const oldest of known.keys()) {
      if (known.size < limit) break;
      known.delete(oldest);
    }
    known.set(key, { value });
    return value;
  };
}

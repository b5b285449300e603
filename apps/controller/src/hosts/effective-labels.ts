/** What a host is chosen by: labels that the operator set overlay those of the agent. */
export interface Labelled {
  readonly labels: Readonly<Record<string, string>>;
  readonly agentLabels: Readonly<Record<string, string>>;
}

/** Rows are replaced and never changed, so what was merged once holds for as long as the row does. */
const merged = new WeakMap<Labelled, Readonly<Record<string, string>>>();

/** The labels of a host, merged once for each row: a question about 10,000 hosts looks at all of them. */
export function effectiveLabels(host: Labelled): Readonly<Record<string, string>> {
  const known = merged.get(host);
  if (known !== undefined) return known;
  const labels = { ...host.agentLabels, ...host.labels };
  merged.set(host, labels);
  return labels;
}

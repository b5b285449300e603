import { LABELS_LEFT_OUT } from './label-filter.js';

/** Set by Compose on networks and containers alike. */
const PROJECT_LABEL = 'com.docker.compose.project';

/**
 * Compose project that a network or a container belongs to; empty: none; undefined: labels were left out, and it may be
 * among them.
 */
export function projectOf(labels: Readonly<Record<string, string>>): string | undefined {
  if (Object.hasOwn(labels, PROJECT_LABEL)) return labels[PROJECT_LABEL];
  return Object.hasOwn(labels, LABELS_LEFT_OUT) ? undefined : '';
}

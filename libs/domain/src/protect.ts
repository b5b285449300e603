import { LABELS_LEFT_OUT } from './label-filter.js';
import type { NetworkAttributes } from './network.js';

/** A network with this label is removed by no prune and no policy, unless the label's value is `false`. */
export const PROTECT_LABEL = 'fairlead/protect';

export const isProtected = ({ labels }: Pick<NetworkAttributes, 'labels'>): boolean =>
  Object.hasOwn(labels, PROTECT_LABEL) && labels[PROTECT_LABEL] !== 'false';

/** Whether labels were left out and the one that protects may be among them. */
export const mayBeProtected = ({ labels }: Pick<NetworkAttributes, 'labels'>): boolean =>
  Object.hasOwn(labels, LABELS_LEFT_OUT) && !Object.hasOwn(labels, PROTECT_LABEL);

import type { WhoamiView } from '@fairlead/api';

/** `operator, hosts env=prod`: what somebody may do, and where. */
export const describeScope = ({ role, hosts }: Pick<WhoamiView, 'role' | 'hosts'>): string =>
  `${role}, ${hosts === '' ? 'all hosts' : `hosts ${hosts}`}`;

import type { HostMessage } from '@fairlead/link';
import type { Handler } from './deps.js';

export const describeHost: Handler<'DescribeHost', Promise<HostMessage>> =
  ({ host }) =>
  () =>
    host.message();

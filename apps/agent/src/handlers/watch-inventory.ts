import type { InventoryUpdate } from '@fairlead/link';
import type { Handler } from './deps.js';

export const watchInventory: Handler<'WatchInventory', AsyncIterable<InventoryUpdate>> =
  ({ observer }) =>
  ({ heartbeatMs }, { signal }) =>
    observer.watch(heartbeatMs, signal);

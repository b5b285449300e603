import type { InventoryUpdate } from '@fairlead/link';
import type { Handler } from './deps.js';

export const watchInventory: Handler<'WatchInventory', AsyncIterable<InventoryUpdate>> =
  ({ observer }) =>
  (wish, { signal }) =>
    observer.watch(wish, signal);

/** What an agent tells of its engine, without the engine: for whoever plays agents. */
export { Bell } from '../concurrency/bell.js';
export { systemTiming, type Timing } from '../concurrency/timing.js';
export { difference, type Difference, type InventoryState, type KnownNetwork, nextState } from './inventory-state.js';
export { bookmarkOf, updatesTo } from './updates.js';
export { Watcher, type Watched, type WatchWish } from './watcher.js';

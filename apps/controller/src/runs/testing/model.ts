/** What of a run's carrying out a model of the whole way to the engine is made of. For tests. */
export { type Ending } from '../../operations/operation.js';
export { brokenEnding, settledEnding } from '../../operations/results.js';
export { send } from '../../operations/send.js';
export { CarryingOut, type TakenUp } from '../carrying-out.js';
export { type ItemEnd, type RunItem } from '../run.js';
export { type Gate, type OperationEnd, type RunPorts } from '../run-ports.js';
export { aRunItem } from './a-run-item.js';

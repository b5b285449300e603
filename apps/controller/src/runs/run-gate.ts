import { type PolicySpecView } from '@fairlead/api';
import { type Clock } from '../clock.js';
import { toSchedule } from '../policies/policy-schedule.js';
import { windowAt } from '../policies/schedule/index.js';
import { explainFreeze, type FreezeSwitch } from './freeze-switch.js';
import { type Gate } from './run-ports.js';

/** What a run asks before each step. */
export interface GateParts {
  readonly freeze: Pick<FreezeSwitch, 'current'>;
  readonly now: Clock;
  /** Whether its policy is paused. */
  readonly isPaused: () => boolean;
  /** Why it was cancelled, if it was. */
  readonly cancelled: () => string | undefined;
}

/** When the window of a policy is open, and until when that holds; it is asked after every network. */
export class PolicyWindow {
  private known = { open: true, from: Infinity, until: -Infinity };

  constructor(private readonly schedule: PolicySpecView['schedule']) {}

  isOpen(now: number): boolean {
    if (now < this.known.from || now >= this.known.until) this.look(now);
    return this.known.open;
  }

  /** `01:00 to 05:00, Europe/Berlin` */
  get words(): string {
    const { window, zone } = this.schedule ?? { window: null, zone: '' };
    return window === null ? 'always' : `${window.from} to ${window.to}, ${zone}`;
  }

  private look(now: number): void {
    const always = { open: true, until: Infinity };
    this.known = { from: now, ...(this.schedule === null ? always : windowAt(toSchedule(this.schedule), now)) };
  }
}

/** Whether a run may go on. What ends it comes before what only holds it. */
export function gateOf(window: PolicyWindow, { freeze, now, isPaused, cancelled }: GateParts): Gate {
  const why = cancelled();
  if (why !== undefined) return { kind: 'stop', outcome: 'cancelled', reason: why };
  if (!window.isOpen(now())) {
    return { kind: 'stop', outcome: 'stopped', reason: `the window (${window.words}) has closed` };
  }
  if (freeze.current.frozen) {
    return { kind: 'hold', state: 'held', reason: `destructive work is frozen ${explainFreeze(freeze.current)}` };
  }
  if (isPaused()) return { kind: 'hold', state: 'paused', reason: 'its policy is paused' };
  return { kind: 'open' };
}

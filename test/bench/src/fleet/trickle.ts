import { setTimeout as delay } from 'node:timers/promises';
import { ms, type Series, seriesOf } from '../measure.js';
import { type FleetSite } from './fleet-site.js';

/** What people ask while something else goes on; each is a page of 50 with its total. */
const QUERIES = [
  'networks',
  'networks?driver=macvlan&on=env%3Dprod',
  'networks?project=shop&sort=-created',
  'hosts?freshness=live',
  'networks?q=grafana',
] as const;

const EVERY_MS = 100;
const LIMIT_MS = 10_000;

export interface Asked extends Series {
  /** Requests that were not answered with 200, or not at all. */
  readonly failed: number;
  readonly longest: number;
}

/** Asks for lists at a steady pace, whether or not the one before has been answered. */
export class Trickle {
  private readonly samples: number[] = [];
  private failed = 0;
  private readonly pending = new Set<Promise<void>>();
  private stopped = false;
  private readonly running: Promise<void>;

  constructor(private readonly fleet: FleetSite) {
    this.running = this.run();
  }

  async stop(): Promise<Asked> {
    this.stopped = true;
    await this.running;
    await Promise.all(this.pending);
    return { ...seriesOf(this.samples), failed: this.failed, longest: Math.max(...this.samples, 0) };
  }

  private async run(): Promise<void> {
    for (let turn = 0; !this.stopped; turn++) {
      const asked = this.ask(QUERIES[turn % QUERIES.length] ?? '');
      this.pending.add(asked);
      void asked.then(() => this.pending.delete(asked));
      await delay(EVERY_MS);
    }
  }

  private async ask(path: string): Promise<void> {
    const started = performance.now();
    try {
      const response = await this.fleet.get(path, AbortSignal.timeout(LIMIT_MS));
      if (response.ok) this.samples.push(performance.now() - started);
      else this.failed += 1;
    } catch {
      this.failed += 1;
    }
  }
}

export const showAsked = ({ p50, p99, n, failed, longest }: Asked): string =>
  `REST meanwhile p50 ${ms(p50)}, p99 ${ms(p99)}, longest ${ms(longest)} (n=${n}${failed > 0 ? `, ${failed} not answered` : ''})`;

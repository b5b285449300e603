import type { Client, NetworkView } from '@fairlead/api';
import type { Cli } from '../../cli.js';
import { visible } from '../../output/escape.js';
import { NO_SILENT_HOSTS, type SilentHosts, silenceLines } from '../../output/silent-hosts.js';
import { renderTable } from '../../output/table.js';
import { columnsFor } from './ls-columns.js';
import { type LsFlags, queryOf } from './ls-flags.js';

/** Rows that are read at most: no screen shows more, and one page has no more. */
const MOST_ROWS = 500;

/** xterm's controls: the other screen, without cursor and without breaking long lines; and back. */
const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';
const HOME = '\u001b[H';
const CLEAR_LINE = '\u001b[K';
const CLEAR_BELOW = '\u001b[J';

interface Frame {
  readonly networks: readonly NetworkView[];
  /** How many fit, beside those that were read. */
  readonly total: number;
  readonly silent: SilentHosts;
  /** When it was read. */
  readonly at: number;
}

/**
 * The list on the terminal's other screen, drawn over itself. Invariants: the terminal is as it was before the first
 * `show`, after `close` and while this process is stopped; nothing is written where nothing looks different.
 */
export class NetworkScreen {
  private frame: Frame = { networks: [], total: 0, silent: NO_SILENT_HOSTS, at: 0 };
  private reason: string | undefined;
  /** What is on the other screen; undefined: the terminal shows its own. */
  private drawn: string | undefined;
  private unfollow: (() => void) | undefined;

  constructor(
    private readonly cli: Cli,
    private readonly flags: LsFlags,
  ) {}

  async read(client: Client, signal: AbortSignal): Promise<Frame> {
    const { limit = Infinity } = this.flags;
    const query = { ...queryOf(this.flags), limit: Math.min(limit, MOST_ROWS) };
    const page = await client.listNetworks({ query, signal });
    return { networks: page.items, total: Math.min(page.total, limit), silent: page, at: this.cli.around.now() };
  }

  show(frame: Frame): void {
    this.frame = frame;
    if (this.unfollow) return this.draw();
    this.unfollow = this.cli.terminal.followScreen({
      resized: () => this.drawAnew(),
      stopping: () => this.leave(),
      resumed: () => this.enter(),
    });
    this.enter();
  }

  /** Why what is shown is not kept up to date. */
  notice(reason: string | undefined): void {
    this.reason = reason;
    this.draw();
  }

  /** Draws it as it looks now: ages and the size of the screen change by themselves. */
  draw(): void {
    if (this.drawn === undefined) return;
    const text = this.render();
    if (text !== this.drawn) this.cli.terminal.write(text);
    this.drawn = text;
  }

  close(): void {
    this.unfollow?.();
    this.leave();
  }

  private enter(): void {
    this.cli.terminal.write(ENTER);
    this.drawn = '';
    this.draw();
  }

  private leave(): void {
    if (this.drawn !== undefined) this.cli.terminal.write(LEAVE);
    this.drawn = undefined;
  }

  /** Lines are cut where the screen ended. */
  private drawAnew(): void {
    if (this.drawn !== undefined) this.drawn = '';
    this.draw();
  }

  private render(): string {
    const now = this.cli.around.now();
    const below = this.below(now);
    const room = Math.max(0, (this.cli.terminal.screenRows() ?? 0) - below.length - 1);
    const rows = this.frame.networks.slice(0, room);
    const table = renderTable(columnsFor(rows, now, this.flags), rows)
      .split('\n')
      .slice(0, -1);
    const lines = [...table, ...this.summary(rows.length), ...below.slice(1)];
    return `${HOME}${lines.map((line) => `${line}${CLEAR_LINE}`).join('\r\n')}${CLEAR_BELOW}`;
  }

  private below(now: number): string[] {
    return ['', ...silenceLines(this.frame.silent, now), ...(this.reason === undefined ? [] : [visible(this.reason)])];
  }

  private summary(shown: number): string[] {
    const { total, at } = this.frame;
    const count = shown < total ? `the first ${shown} of ${total}` : String(total);
    return [`-- ${count} network${total === 1 ? '' : 's'}, as of ${new Date(at).toISOString()}; Ctrl-C ends`];
  }
}

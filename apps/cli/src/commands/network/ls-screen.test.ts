import { describe, expect, it } from '@jest/globals';
import { aTerminal } from '../../../test/terminal.js';
import { aNetwork } from '../../../test/views.js';
import { Cli, type Surroundings } from '../../cli.js';
import type { ScreenChanges } from '../../screen-changes.js';
import { NO_SILENT_HOSTS } from '../../output/silent-hosts.js';
import { NetworkScreen } from './ls-screen.js';

const ENTER = '\u001b[?1049h\u001b[?25l\u001b[?7l';
const LEAVE = '\u001b[?7h\u001b[?25h\u001b[?1049l';

/** A screen that shows one network, what is written on it from then on, and what becomes of it. */
function shown() {
  const written: string[] = [];
  const followers: ScreenChanges[] = [];
  const terminal = aTerminal({
    write: (text) => void written.push(text),
    screenRows: () => 10,
    followScreen: (told) => {
      followers.push(told);
      return () => void followers.splice(followers.indexOf(told), 1);
    },
  });
  const frame = { networks: [aNetwork()], total: 1, silent: NO_SILENT_HOSTS, at: 0 };
  const around = { terminal, now: () => 0 } as Partial<Surroundings> as Surroundings;
  const screen = new NetworkScreen(new Cli(around), { sort: 'host', trunc: true });
  screen.show(frame);
  const [enter, list] = written.splice(0);
  expect(enter).toBe(ENTER);
  return { screen, frame, written, list, followers };
}

describe('the list on a screen', () => {
  it('is written again only where it looks different, or the screen has another size', () => {
    const { screen, frame, written, list, followers } = shown();
    screen.draw();
    screen.show(frame);
    expect(written).toEqual([]);
    followers[0]!.resized();
    expect(written).toEqual([list]);
    expect(followers).toHaveLength(1);
  });

  it('gives the terminal back while the process is stopped, and is there again when it goes on', () => {
    const { screen, frame, written, list, followers } = shown();
    followers[0]!.stopping();
    screen.notice('not up to date');
    followers[0]!.resized();
    screen.notice(undefined);
    screen.show(frame);
    expect(written.splice(0)).toEqual([LEAVE]);
    followers[0]!.resumed();
    expect(written).toEqual([ENTER, list]);
  });

  it('is over once it is closed', () => {
    const { screen, written, followers } = shown();
    screen.close();
    expect(written).toEqual([LEAVE]);
    expect(followers).toEqual([]);
  });

  it('leaves a terminal that was given back as it is', () => {
    const { screen, written, followers } = shown();
    followers[0]!.stopping();
    screen.close();
    expect(written).toEqual([LEAVE]);
  });
});

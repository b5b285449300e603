import type { EventEmitter } from 'node:events';

/** What becomes of a screen that is drawn on. */
export interface ScreenChanges {
  /** It has another size. */
  readonly resized: () => void;
  /** Ctrl-Z: others are about to use the terminal. */
  readonly stopping: () => void;
  /** This process goes on. */
  readonly resumed: () => void;
}

type Signals = Pick<NodeJS.Process, 'pid' | 'kill' | 'on' | 'off'>;

/** Longer than the system takes to stop a process. */
const STOP_MS = 100;

/**
 * Tells until the function that is returned is called.
 * Invariant: while `resumed` is due, SIGTSTP does what it does by itself.
 */
export function followScreen(
  stdout: Pick<EventEmitter, 'on' | 'off'>,
  { resized, stopping, resumed }: ScreenChanges,
  signals: Signals = process,
): () => void {
  let goingOn: NodeJS.Timeout | undefined;
  const stop = (): void => {
    stopping();
    signals.off('SIGTSTP', stop);
    signals.kill(signals.pid, 'SIGTSTP');
    // Here it stops, unless no shell is there to let it go on: then the system does not stop it.
    goingOn = setTimeout(goOn, STOP_MS);
  };
  const goOn = (): void => {
    signals.on('SIGTSTP', stop);
    resumed();
    // Nobody has told of a size that has changed meanwhile: this has Node look.
    signals.kill(signals.pid, 'SIGWINCH');
  };
  stdout.on('resize', resized);
  signals.on('SIGTSTP', stop);
  return () => {
    clearTimeout(goingOn);
    stdout.off('resize', resized);
    signals.off('SIGTSTP', stop);
  };
}

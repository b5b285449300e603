import { once } from 'node:events';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { followScreen, type ScreenChanges } from './screen-changes.js';

/** What the commands see of the terminal. Texts end with their own line breaks. */
export interface Terminal {
  /** Results, to standard output. */
  write(text: string): void;
  /** Resolves once what was written has been taken, so that no more of it is held than fits. */
  drained(): Promise<void>;
  /** Rows of the screen that results go to; undefined where they go to a file or another program. */
  screenRows(): number | undefined;
  /** Tells what becomes of that screen until the function that is returned is called. */
  followScreen(told: ScreenChanges): () => void;
  /** Everything that is not a result, to standard error. */
  warn(text: string): void;
  /** A person sits there: questions may be asked and lines be rewritten. */
  readonly interactive: boolean;
  /** The answer to a question, empty where the input has ended. */
  ask(question: string): Promise<string>;
  /** The same without showing what is typed. */
  askSecret(question: string): Promise<string>;
  /** All of standard input, which is not a terminal. Its first 64 KiB, which is more than any secret. */
  readInput(): Promise<string>;
}

/** Where a terminal does not say how high it is. */
const USUAL_ROWS = 24;

/** Characters that `readInput` gives at most. */
export const LONGEST_INPUT = 65_536;

/** The streams of a process. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream & {
    readonly isTTY?: boolean;
    readonly rows?: number;
    readonly writableNeedDrain?: boolean;
  };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function terminalOf({ stdin, stdout, stderr }: Streams): Terminal {
  return {
    write: (text) => void stdout.write(text),
    drained: async () => void (stdout.writableNeedDrain && (await once(stdout, 'drain'))),
    screenRows: () => (stdout.isTTY ? stdout.rows || USUAL_ROWS : undefined),
    followScreen: (told) => followScreen(stdout, told),
    warn: (text) => void stderr.write(text),
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    ask: (question) => askOn(stdin, stderr, question),
    askSecret: async (question) => {
      stderr.write(question);
      // Readline shows what is typed by writing it, and takes the terminal's own echo away: here it writes to nobody.
      const nobody = new Writable({ write: (_chunk, _encoding, done) => done() });
      const answer = await askOn(stdin, nobody, '', stdin.isTTY === true);
      stderr.write('\n');
      return answer;
    },
    readInput: async () => {
      let text = '';
      for await (const chunk of stdin) {
        text += String(chunk);
        if (text.length >= LONGEST_INPUT) break;
      }
      return text.slice(0, LONGEST_INPUT);
    },
  };
}

async function askOn(
  input: NodeJS.ReadableStream,
  output: NodeJS.WritableStream,
  question: string,
  terminal?: boolean,
): Promise<string> {
  const lines = createInterface({ input, output, historySize: 0, ...(terminal !== undefined && { terminal }) });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  try {
    return await Promise.race([lines.question(question), ended]);
  } finally {
    lines.close();
  }
}

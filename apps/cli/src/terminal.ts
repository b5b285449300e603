import { createInterface } from 'node:readline/promises';

/** What the commands see of the terminal. Texts end with their own line breaks. */
export interface Terminal {
  /** Results, to standard output. */
  write(text: string): void;
  /** Everything that is not a result, to standard error. */
  warn(text: string): void;
  /** A person sits there: questions may be asked and lines be rewritten. */
  readonly interactive: boolean;
  /** The answer to a question, empty where the input has ended. */
  ask(question: string): Promise<string>;
}

/** The streams of a process. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean };
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

export function terminalOf({ stdin, stdout, stderr }: Streams): Terminal {
  return {
    write: (text) => void stdout.write(text),
    warn: (text) => void stderr.write(text),
    interactive: stdin.isTTY === true && stderr.isTTY === true,
    ask: async (question) => {
      const lines = createInterface({ input: stdin, output: stderr });
      const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      try {
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
  };
}

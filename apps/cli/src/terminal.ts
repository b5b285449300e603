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

export function processTerminal(): Terminal {
  return {
    write: (text) => void process.stdout.write(text),
    warn: (text) => void process.stderr.write(text),
    interactive: process.stdin.isTTY === true && process.stderr.isTTY === true,
    ask: async (question) => {
      const lines = createInterface({ input: process.stdin, output: process.stderr });
      const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
      try {
        return await Promise.race([lines.question(question), ended]);
      } finally {
        lines.close();
      }
    },
  };
}

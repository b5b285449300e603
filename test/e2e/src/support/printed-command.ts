/** A command line as the controller prints it for a host: variables, then the program and its arguments. */
export interface PrintedCommand {
  readonly env: Readonly<Record<string, string>>;
  /** Behind `fairlead`. */
  readonly args: readonly string[];
}

/** Reads what a shell would make of a printed command, which quotes nothing in these tests. */
export function readCommand(text: string): PrintedCommand {
  const words = text.trim().split(/\s+/);
  const first = words.findIndex((word) => !/^[A-Z_]+=/.test(word));
  const env = words
    .slice(0, first)
    .map((word) => [word.slice(0, word.indexOf('=')), word.slice(word.indexOf('=') + 1)]);
  const program = words.indexOf('fairlead', first);
  if (first < 1 || program < 0) throw new Error('this is not a command with variables for fairlead');
  return { env: Object.fromEntries(env) as Record<string, string>, args: words.slice(program + 1) };
}

import { FairleadError } from '@fairlead/domain';
import { hideOwnVariables } from '../config.js';

/** The programs that run in this process when asked to. The CLI knows their names and nothing else of them. */
export const APPS = ['controller', 'agent'] as const;
export type AppName = (typeof APPS)[number];

export const isAppName = (text: string): text is AppName => (APPS as readonly string[]).includes(text);

interface App {
  /** Reads its own flags, runs until it is asked to stop, and resolves with the exit code. */
  main(argv: readonly string[]): Promise<number>;
}

/** Loads a program and runs it until it ends. @throws FairleadError `internal` where it is not installed. */
export async function runApp(name: AppName, argv: readonly string[]): Promise<number> {
  hideOwnVariables(name);
  const app = await load(name);
  try {
    return await app.main(argv);
  } finally {
    // An open channel to the parent would keep this process alive after its work is done.
    if (process.connected) process.disconnect();
  }
}

async function load(name: AppName): Promise<App> {
  try {
    return (await import(import.meta.resolve(`@fairlead/${name}`))) as App;
  } catch (cause) {
    throw new FairleadError('internal', `The ${name} cannot be loaded: ${String(cause)}`, {
      hint: "Build the project first with 'npm run setup'.",
      cause,
    });
  }
}

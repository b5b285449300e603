import { toFairleadError } from '@fairlead/domain';
import { isAppName, runApp } from './launcher/apps.js';

/**
 * The `fairlead` command. Resolves with the exit code.
 *
 * The long-running programs are begun before anything of the client is loaded: the agent is to stay small, and commands
 * with their schemas, tables and YAML would cost it tens of megabytes.
 */
export async function main(argv: readonly string[]): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || !isAppName(name)) return (await import('./client-main.js')).clientMain(argv);
  try {
    return await runApp(name, rest);
  } catch (error) {
    const { message, hint, traits } = toFairleadError(error);
    process.stderr.write(`error: ${message}\n${hint === undefined ? '' : `${hint}\n`}`);
    return traits.exit;
  }
}

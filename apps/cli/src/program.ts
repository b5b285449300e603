import { Command, CommanderError } from 'commander';
import { Cli, type Surroundings } from './cli.js';
import { registerLogin } from './commands/access/login.js';
import { registerLogout } from './commands/access/logout.js';
import { registerWhoami } from './commands/access/whoami.js';
import { registerAudit } from './commands/audit/index.js';
import { registerCa } from './commands/ca/index.js';
import { registerDoctor } from './commands/doctor/index.js';
import { registerEndpoint } from './commands/endpoint/index.js';
import { registerEvents } from './commands/events.js';
import { registerFreeze } from './commands/freeze.js';
import { registerHost } from './commands/host/index.js';
import { registerNetwork } from './commands/network/index.js';
import { registerOperation } from './commands/operation/index.js';
import { registerPolicy } from './commands/policy/index.js';
import { registerProcesses } from './commands/processes.js';
import { registerToken } from './commands/token/index.js';
import { normalizeSwitches, refuseFlagsAsValues } from './flags.js';
import { isAppName } from './launcher/apps.js';
import { withoutTokens } from './output/escape.js';

const HELP = `
Examples:
  fairlead up                                   controller and agent for the local engine
  fairlead host join-token create               the command that lets another host join
  fairlead network ls                           all networks of the fleet
  fairlead network prune --all-hosts --dry-run  what is unused, and why the rest is not
  fairlead network probe one two                does container one reach two?
  fairlead policy create ci --match 'name=ci-*' --unused-for 7d --schedule '0 2 * * *'
  fairlead policy plan ci                       what it would remove, and why the rest stays
  fairlead network restore web-1/ci-42          a removed network again, with its containers

Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 refused, 75 outcome not known.`;

/** Runs one command line (without the program's name). Resolves with the exit code; never rejects. */
export async function run(argv: readonly string[], around: Surroundings): Promise<number> {
  const cli = new Cli(around);
  const isApp = argv[0] !== undefined && isAppName(argv[0]);
  try {
    await createProgram(cli).parseAsync(isApp ? argv : normalizeSwitches(argv), { from: 'user' });
    return cli.exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.code === 'commander.helpDisplayed' || error.code === 'commander.version' ? 0 : 2;
  }
}

/** The whole command tree. */
export function createProgram(cli: Cli): Command {
  const { terminal, version } = cli.around;
  const program = new Command('fairlead')
    .description('Manages Docker networks across a fleet of hosts')
    .version(version)
    .enablePositionalOptions()
    .showHelpAfterError("(see '--help')")
    .configureOutput({
      writeOut: (text) => terminal.write(text),
      writeErr: (text) => terminal.warn(withoutTokens(text)),
    })
    .addHelpText('after', HELP)
    .exitOverride();
  registerProcesses(program, cli);
  registerHost(program, cli);
  registerNetwork(program, cli);
  registerEndpoint(program, cli);
  registerPolicy(program, cli);
  registerFreeze(program, cli);
  registerOperation(program, cli);
  registerEvents(program, cli);
  registerDoctor(program, cli);
  registerAudit(program, cli);
  registerLogin(program, cli);
  registerLogout(program, cli);
  registerWhoami(program, cli);
  registerToken(program, cli);
  registerCa(program, cli);
  refuseFlagsAsValues(program);
  return program;
}

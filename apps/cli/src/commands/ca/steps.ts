import type { CaView, Client } from '@fairlead/api';
import type { Command } from 'commander';
import type { Cli, ClientFlags } from '../../cli.js';
import { withClient } from '../../flags.js';
import { confirm, DECLINED } from '../confirm.js';
import { printCa } from './output.js';

interface Flags extends ClientFlags {
  readonly yes?: boolean;
  readonly force?: boolean;
}

interface Step {
  readonly name: string;
  readonly description: string;
  readonly help: string;
  readonly send: (client: Client, force: boolean) => Promise<CaView>;
  /** Asked first on a terminal; undefined: nothing is taken away. */
  readonly question?: string;
}

const LEFT_BEHIND = 'Hosts that are not ready are left behind, and have to join anew.';

const STEPS: readonly Step[] = [
  {
    name: 'prepare',
    description: 'First step of a new root: make it, and have agents trust it beside the active one',
    help: 'Nothing is issued from it yet. See how far it has come with `fairlead ca status`.',
    send: (client) => client.prepareRoot({ body: {} }),
  },
  {
    name: 'activate',
    description: 'Second step: issue certificates from the prepared root',
    help: 'Hosts get new certificates while they stay connected. Join tokens made before are void.',
    send: (client, force) => client.activateRoot({ body: { force } }),
    question: 'Open join tokens become void. Issue certificates from the prepared root from now on?',
  },
  {
    name: 'retire',
    description: 'Last step: trust the old root no longer',
    help: 'Certificates of it are worthless from then on.',
    send: (client, force) => client.retireRoot({ body: { force } }),
    question: 'Trust the old root no longer?',
  },
];

export function registerCaSteps(parent: Command, cli: Cli): void {
  for (const step of STEPS) registerStep(parent, cli, step);
}

function registerStep(parent: Command, cli: Cli, step: Step): void {
  const command = withClient(parent.command(step.name).description(step.description));
  if (step.question !== undefined) {
    command
      .option('-y, --yes', 'do not ask')
      .option('-f, --force', 'leave hosts behind that are not ready: they have to join anew');
  }
  command.addHelpText('after', helpOf(step)).action(cli.action(async (flags: Flags) => carryOut(cli, flags, step)));
}

function helpOf({ name, help, question }: Step): string {
  const refused = ' Refused while hosts would be left behind, naming them.\nAsks first on a terminal.';
  return `\n${help}${question === undefined ? '' : refused}\n\nExamples:\n  fairlead ca ${name}`;
}

async function carryOut(
  cli: Cli,
  { yes, force = false, ...flags }: Flags,
  { question, send }: Step,
): Promise<number | void> {
  // Where nobody can be asked it goes on: the controller refuses by itself whatever would leave a host behind.
  const asked = force ? `${LEFT_BEHIND} ${question}` : question;
  if (asked !== undefined && !(await confirm(cli, { force: yes, question: asked, unattended: 'go on' })))
    return DECLINED;
  printCa(cli, flags, await send(cli.client(flags), force));
}

import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerCaStatus } from './status.js';
import { registerCaSteps } from './steps.js';

export function registerCa(program: Command, cli: Cli): void {
  const ca = program.command('ca').description('The certificate authority of the cluster, and changing its root');
  registerCaStatus(ca, cli);
  registerCaSteps(ca, cli);
}

import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerTokenCreate } from './create.js';
import { registerTokenLs } from './ls.js';
import { registerTokenRm } from './rm.js';

export function registerToken(program: Command, cli: Cli): void {
  const token = program.command('token').description('API tokens: what people and programs may do with the controller');
  registerTokenCreate(token, cli);
  registerTokenLs(token, cli);
  registerTokenRm(token, cli);
}

import type { Command } from 'commander';
import type { Cli } from '../../cli.js';
import { registerOperationInspect } from './inspect.js';
import { registerOperationLs } from './ls.js';

export function registerOperation(program: Command, cli: Cli): void {
  const operation = program.command('operation').description('Operations: commands to hosts and what came of them');
  registerOperationLs(operation, cli);
  registerOperationInspect(operation, cli);
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { FairleadError } from '@fairlead/domain';

/**
 * Opens a file in an editor, on this terminal, and waits for its end.
 * @param editor a command of the shell, as in git: `vi`, `code --wait`
 * @throws FairleadError `invalid_argument` where the editor does not end well
 */
export async function editFile(editor: string, file: string): Promise<void> {
  const child = spawn('sh', ['-c', `${editor} "$@"`, editor, file], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return;
  throw new FairleadError('invalid_argument', `The editor '${editor}' ended with ${code ?? 'a signal'}`, {
    hint: 'Set VISUAL or EDITOR to an editor that waits until the file is closed, or use flags or -f.',
  });
}

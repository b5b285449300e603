import { FairleadError } from '@fairlead/domain';
import { readSecret } from '../access/access-files.js';
import { type ChannelConfig } from './channel-config.js';

const FLAG = '--notifications';

/**
 * Reads the operator's channels, YAML or JSON. What reads YAML costs memory, so that it is loaded where there is a file.
 * @param path null: there are none
 * @throws FairleadError `invalid_argument` with all faults at once, by their lines, and nothing of what the file holds
 */
export async function readChannels(path: string | null): Promise<readonly ChannelConfig[]> {
  if (path === null) return [];
  const text = readSecret(FLAG, path);
  const { parseChannels } = await import('./parse-channels.js');
  const result = parseChannels(text);
  if ('channels' in result) return result.channels;
  const list = result.faults.map(({ line, message }) => `line ${line}: ${message}`).join('; ');
  throw new FairleadError('invalid_argument', `The controller cannot start: ${FLAG}: ${path}: ${list}`, {
    faults: result.faults.map(({ line, message }) => ({ path: `${path}:${line}`, message })),
    hint: 'See docs/guides/notifications.md.',
  });
}

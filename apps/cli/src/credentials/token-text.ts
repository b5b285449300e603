import { readFileSync } from 'node:fs';
import { FairleadError } from '@fairlead/domain';
import { failed } from './private-file.js';

/**
 * A token as it was written somewhere, without the blanks around it. What it reads appears in no error: it is a secret.
 * @param where for the message: `FAIRLEAD_TOKEN`, or a path
 * @throws FairleadError `invalid_argument` where it cannot be one
 */
export function toToken(text: string, where: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]{1,4096}$/.test(token)) return token;
  const what = token === '' ? 'is empty' : 'does not hold one token and nothing else';
  throw new FairleadError('invalid_argument', `${where} ${what}`, {
    hint: "A token is one word, such as 'fairlead token create' prints it.",
  });
}

/** A token from a file that somebody named. Its mode is theirs to choose: secrets of containers are often 0444. */
export function readToken(path: string, where: string): string {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw failed('read', where, cause);
  }
  return toToken(text, where);
}

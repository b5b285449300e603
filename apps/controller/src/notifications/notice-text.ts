import { toTimestamp } from '../clock.js';
import { type Notice } from './notice.js';

/** Control characters, and those that turn the direction of a text so that it reads as something else. */
const UNSEEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Lines of readable text. */
export const plain = (text: string): string => text.replace(/\r\n?/g, '\n').replace(UNSEEN, '\ufffd');

/** One line, as the header of a mail needs it. */
export function oneLine(text: string, longest: number): string {
  return cut(plain(text).replace(/\s+/g, ' ').trim(), longest);
}

/** At most so many characters; says so where some are missing. */
export function cut(text: string, longest: number): string {
  const characters = Array.from(text);
  return characters.length <= longest ? text : `${characters.slice(0, longest - 1).join('')}…`;
}

/** What stands below the title wherever people read it. @param link of the run, as far as it is known */
export function bodyOf(notice: Notice, link: string): string {
  const { policy, counts, text, event } = notice;
  // The text of a run's end has them already.
  const counted = event !== 'held' ? [] : Object.entries(counts).map(([outcome, count]) => `${count} ${outcome}`);
  return plain(
    [
      text,
      ...(counted.length === 0 ? [] : [`Networks: ${counted.join(', ')}`]),
      `Policy: ${oneLine(policy.name, 200)}, version ${policy.version}`,
      `Run: ${notice.runId}, ${toTimestamp(notice.at)}`,
      link,
    ].join('\n'),
  );
}

/** Where the run is read; without an address of REST that others can reach, its path. */
export const linkOf = ({ link }: Notice, publicUrl: URL | null): string =>
  publicUrl === null ? link : new URL(link, publicUrl).href;

import { type SlackConfig } from './channel-config.js';
import { post } from './http-post.js';
import { type Notice } from './notice.js';
import { bodyOf, cut, linkOf, oneLine } from './notice-text.js';
import { type Send, type Surroundings } from './send.js';

/** Of a message, in characters: Slack cuts off what is longer than 40,000, Mattermost above 16,383. */
const LONGEST = 4_000;

/** `{ text }` is what Slack, Mattermost and Rocket.Chat all take. */
export function slackSender({ url }: SlackConfig, { publicUrl, now, limitMs }: Surroundings): Send {
  return (notice, signal) => {
    const body = JSON.stringify({ text: messageOf(notice, linkOf(notice, publicUrl)) });
    return post({ url, body, now: now(), signal, limitMs });
  };
}

/** The link comes last and is never cut. */
function messageOf(notice: Notice, link: string): string {
  const body = bodyOf(notice, '').trimEnd();
  return inert(`${cut(`${oneLine(notice.title, 300)}\n${body}`, LONGEST)}\n${link}`);
}

/**
 * Makes names mean nothing. Slack's own signs are `&`, `<` and `>` (links, `<!channel>`); Mattermost and Rocket.Chat also
 * take `@all` and `[text](address)`, which a space of no width takes apart. Signs that only make letters bold or slanted
 * stay, so that a name can be copied as it is.
 */
const inert = (text: string): string =>
  text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b')
    .replaceAll('](', ']\u200b(');

import { ERRORS, type FairleadError } from '@fairlead/domain';
import { type Response } from 'express';

/** Of the two pages below: they load nothing, run nothing and send nothing. */
const escape = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title: string, head: string, body: string): string =>
  `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>${head}</head>` +
  `<body><h1>${escape(title)}</h1>${body}</body></html>\n`;

/**
 * Goes on to a path of this site. Not by a redirect: the chain of those began at the provider's site, and a Strict
 * cookie is not sent in it.
 */
export function sendGoOn(response: Response, path: string): void {
  const to = escape(path);
  const head = `<meta http-equiv="refresh" content="0;url=${to}">`;
  response
    .status(200)
    .type('html')
    .send(page('Signed in', head, `<p><a href="${to}">Go on</a></p>`));
}

/** Says to a person why they are not signed in. */
export function sendNotSignedIn(response: Response, { code, message, hint }: FairleadError): void {
  const words = [message, hint ?? ''].filter((text) => text !== '').map((text) => `<p>${escape(text)}</p>`);
  response
    .status(ERRORS[code].http)
    .type('html')
    .send(page('Not signed in', '', words.join('')));
}

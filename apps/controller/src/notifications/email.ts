import { type SMTPTransportOptions } from 'nodemailer/lib/smtp-transport';
import { isLoopback } from '../http/exposure.js';
import { limitedSignal } from '../limited-signal.js';
import { type EmailConfig, type SmtpConfig } from './channel-config.js';
import { type Notice } from './notice.js';
import { bodyOf, linkOf, oneLine } from './notice-text.js';
import { codeOf, delivered, failed, type Outcome, refused } from './outcome.js';
import { type Send, type Surroundings } from './send.js';

/** Mail servers let strangers wait before they greet them. In milliseconds. */
const STEP_LIMIT_MS = 30_000;
const LIMIT_MS = 120_000;
/** RFC 5322 §2.1.1 allows 998 octets a line. */
const LONGEST_SUBJECT = 200;

/** One mail to all recipients. The message id stays the same over all attempts, as the id of the notice does. */
export function emailSender({ smtp, from, to }: EmailConfig, { publicUrl, now }: Surroundings): Send {
  return async (notice, signal) => {
    const limit = limitedSignal(signal, LIMIT_MS);
    const headers = { 'Auto-Submitted': 'auto-generated', 'X-Fairlead-Event': notice.event };
    try {
      const { createTransport } = await import('nodemailer');
      const { rejected } = await createTransport(optionsOf(smtp)).sendMail({
        from,
        to: [...to],
        subject: subjectOf(notice),
        text: `${bodyOf(notice, linkOf(notice, publicUrl))}\n`,
        date: new Date(now()),
        messageId: `<${notice.id}@${from.address.slice(from.address.lastIndexOf('@') + 1)}>`,
        headers,
        signal: limit.signal,
      });
      return delivered(rejected.length === 0 ? null : `${rejected.length} of ${to.length} recipients were refused`);
    } catch (error) {
      return outcomeOf(error);
    } finally {
      limit.end();
    }
  };
}

const subjectOf = ({ title }: Notice): string => oneLine(`[fairlead] ${title}`, LONGEST_SUBJECT);

/** Nothing leaves this machine without TLS; on it, a server's own certificate would be good for nothing. */
function optionsOf({ host, port, secure, login }: SmtpConfig): SMTPTransportOptions {
  const local = isLoopback(host);
  return {
    host,
    port,
    secure,
    requireTLS: !secure && !local,
    ignoreTLS: !secure && local,
    ...(login !== null && { auth: { user: login.user, pass: login.password } }),
    connectionTimeout: STEP_LIMIT_MS,
    greetingTimeout: STEP_LIMIT_MS,
    socketTimeout: STEP_LIMIT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** 4yz is for now, 5yz for good (RFC 5321 §4.2.1). */
function outcomeOf(error: unknown): Outcome {
  const { responseCode: code } = error as { readonly responseCode?: number };
  if (code === undefined) return failed(`the mail server could not be used (${codeOf(error) ?? 'no connection'})`);
  const words = `the mail server answered ${code}`;
  return code >= 500 ? refused(words) : failed(words);
}

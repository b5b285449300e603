import { afterEach, describe, expect, it } from '@jest/globals';
import { aNotice } from '../testing/notices.js';
import { MailReceiver, type MailReceiverOptions } from '../testing/receivers.js';
import { type SmtpConfig } from './channel-config.js';
import { emailSender } from './email.js';
import { type Notice } from './notice.js';
import { type Outcome } from './outcome.js';

const LOGIN = { user: 'fairlead', password: 'a-password-of-the-mail-server' };

let receiver: MailReceiver;
afterEach(() => receiver.stop());

const serve = async (options: MailReceiverOptions = {}): Promise<void> => {
  receiver = await MailReceiver.start(options);
};

const at = (address: string, name = '') => ({ name, address });

function send(notice: Notice, smtp: Partial<SmtpConfig> = {}, to = [at('ops@example.net')]): Promise<Outcome> {
  const server = { host: '127.0.0.1', port: receiver.port, secure: false, login: null, ...smtp };
  const from = at('fairlead@example.net', 'Fairlead');
  const surroundings = { publicUrl: new URL('https://fairlead.example'), now: () => 1_795_000_000_000, limitMs: 1 };
  const sender = emailSender({ name: 'mail', kind: 'email', smtp: server, from, to }, surroundings);
  return sender(notice, new AbortController().signal);
}

describe('a mail', () => {
  it('says what happened, to all recipients', async () => {
    await serve({ login: LOGIN });
    const notice = aNotice();
    const to = [at('ops@example.net'), at('night@example.net', 'Night Watch')];
    expect(await send(notice, { login: LOGIN }, to)).toEqual({ kind: 'delivered', remark: null });
    const [mail] = receiver.mails;
    expect(mail).toMatchObject({
      from: 'fairlead@example.net',
      to: ['ops@example.net', 'night@example.net'],
      headers: {
        from: 'Fairlead <fairlead@example.net>',
        to: 'ops@example.net, Night Watch <night@example.net>',
        subject: "[fairlead] Cleanup policy 'nightly' has finished",
        'auto-submitted': 'auto-generated',
        'x-fairlead-event': 'finished',
        'message-id': `<${notice.id}@example.net>`,
        'content-type': 'text/plain; charset=utf-8',
      },
    });
    expect(mail?.body).toBe(
      [
        '12 networks removed, 2 kept',
        'Policy: nightly, version 3',
        'Run: 0199-r, 2026-11-24T01:00:09.000Z',
        'https://fairlead.example/api/v1/runs/0199-r',
        '',
      ].join('\r\n'),
    );
  });

  it.each([
    'x\r\nBcc: eve@evil.example',
    'x\nBcc: eve@evil.example',
    'x\rBcc: eve@evil.example',
    'x\r\n\r\nforged body',
    'x\u0000\u2028Bcc: eve@evil.example',
  ])('takes no header out of the title %j', async (title) => {
    await serve();
    expect(await send(aNotice({ title }))).toMatchObject({ kind: 'delivered' });
    const [mail] = receiver.mails;
    expect(mail?.to).toEqual(['ops@example.net']);
    expect(mail?.headers).not.toHaveProperty('bcc');
    expect(mail?.headers['subject']).toMatch(/^(\[fairlead\] x|=\?UTF-8\?)/);
    expect(mail?.body).toMatch(/^12 networks removed/);
  });

  it('is one mail, whatever lines its text has', async () => {
    await serve();
    const text = 'a\r\n.\r\nMAIL FROM:<eve@evil.example>\r\n..\r\n';
    expect(await send(aNotice({ text }))).toMatchObject({ kind: 'delivered' });
    expect(receiver.mails).toHaveLength(1);
    expect(receiver.mails[0]?.body).toMatch(/^a\r\n\.\r\nMAIL FROM:<eve@evil\.example>\r\n\.\.\r\n/);
  });

  it('has the same id at each attempt', async () => {
    await serve();
    const notice = aNotice();
    await send(notice);
    await send(notice);
    const ids = receiver.mails.map(({ headers }) => headers['message-id']);
    expect(ids).toEqual([`<${notice.id}@example.net>`, `<${notice.id}@example.net>`]);
  });

  it('is refused for good where the login or all recipients are', async () => {
    await serve({ login: LOGIN, refuses: () => 550 });
    expect(await send(aNotice(), { login: { ...LOGIN, password: 'a-wrong-one' } })).toEqual({
      kind: 'refused',
      error: 'the mail server answered 535',
    });
    expect(await send(aNotice(), { login: LOGIN })).toEqual({
      kind: 'refused',
      error: 'the mail server answered 550',
    });
    expect(receiver.mails).toEqual([]);
  });

  it('may be sent again where it is put off, or the server is not there', async () => {
    await serve({ refuses: () => 450 });
    expect(await send(aNotice())).toEqual({
      kind: 'failed',
      error: 'the mail server answered 450',
      retryAfterMs: 0,
    });
    expect(await send(aNotice(), { port: 1 })).toEqual({
      kind: 'failed',
      error: 'the mail server could not be used (ECONNREFUSED)',
      retryAfterMs: 0,
    });
  });

  it('is delivered where some have it, and says how many have not', async () => {
    await serve({ refuses: (address) => (address.startsWith('gone') ? 550 : undefined) });
    const to = [at('gone@example.net'), at('ops@example.net')];
    expect(await send(aNotice(), {}, to)).toEqual({
      kind: 'delivered',
      remark: '1 of 2 recipients were refused',
    });
    expect(receiver.mails.map((mail) => mail.to)).toEqual([['ops@example.net']]);
  });

  // Linux takes 0.0.0.0 for this machine too, but it is no address of loopback.
  it.each([
    ['offers no TLS', { host: '0.0.0.0' }, false],
    ['shows a certificate that nobody trusts', { host: '0.0.0.0' }, true],
    ['should speak TLS from the start and does not', { host: '0.0.0.0', secure: true }, false],
  ])('is not sent over a network to a server that %s', async (_, where, startTls) => {
    await serve({ login: LOGIN, startTls });
    const outcome = await send(aNotice(), { ...where, login: LOGIN });
    expect(outcome.kind).not.toBe('delivered');
    expect(receiver.passwords).toEqual([]);
    expect(receiver.mails).toEqual([]);
  });

  it('is cut off when it is told to be', async () => {
    await serve();
    const server = { host: '127.0.0.1', port: receiver.port, secure: false, login: null };
    const config = {
      name: 'mail',
      kind: 'email',
      smtp: server,
      from: at('a@b.example'),
      to: [at('c@d.example')],
    } as const;
    const send = emailSender(config, { publicUrl: null, now: () => 0, limitMs: 1 });
    expect(await send(aNotice(), AbortSignal.abort())).toMatchObject({ kind: 'failed' });
    expect(receiver.mails).toEqual([]);
  });
});

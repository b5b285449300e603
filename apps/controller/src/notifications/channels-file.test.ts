import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { FairleadError } from '@fairlead/domain';
import { temporaryFolder } from '../testing/rig.js';
import { readChannels } from './channels-file.js';

const SECRET = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const HOOK = `{ kind: webhook, url: https://hooks.example/in, secret: ${SECRET} }`;

let folder: ReturnType<typeof temporaryFolder>;
let path: string;
beforeAll(() => {
  folder = temporaryFolder();
  path = join(folder.path, 'notifications.yaml');
});
afterAll(() => folder.remove());

const read = (text: string, mode = 0o600) => {
  writeFileSync(path, text);
  chmodSync(path, mode);
  return readChannels(path);
};

/** Lines and what is said of them. */
async function faultsOf(text: string): Promise<string[]> {
  const error = await read(text).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof FairleadError)) throw new Error('It was taken');
  for (const { message } of error.faults ?? []) expect(error.message).toContain(message);
  return (error.faults ?? []).map((fault) => `${fault.path.slice(path.length + 1)} ${fault.message}`);
}

const aChannel = (channel: string): string => `channels:\n  ops:\n    ${channel.trim().replaceAll('\n', '\n    ')}\n`;

describe('the file of channels', () => {
  it('is none by default', async () => {
    expect(await readChannels(null)).toEqual([]);
  });

  it('is read as YAML', async () => {
    const text = `channels:
  ops-hook: ${HOOK}
  ops-mail:
    kind: email
    smtp: { host: mail.example, user: fairlead, password: "*pass: word" }
    from: Fairlead <fairlead@example.net>
    to: [ops@example.net, Night Watch <night@example.net>]
  ops-chat: { kind: slack, url: "http://[::1]:8065/hooks/abc" } # of this machine
`;
    expect(await read(text)).toEqual([
      { name: 'ops-hook', kind: 'webhook', url: new URL('https://hooks.example/in'), secret: SECRET },
      {
        name: 'ops-mail',
        kind: 'email',
        smtp: {
          host: 'mail.example',
          port: 587,
          secure: false,
          login: { user: 'fairlead', password: '*pass: word' },
        },
        from: { name: 'Fairlead', address: 'fairlead@example.net' },
        to: [
          { name: '', address: 'ops@example.net' },
          { name: 'Night Watch', address: 'night@example.net' },
        ],
      },
      { name: 'ops-chat', kind: 'slack', url: new URL('http://[::1]:8065/hooks/abc') },
    ]);
  });

  it('is read as JSON', async () => {
    const channels = { chat: { kind: 'slack', url: 'https://hooks.example/services/T/B' } };
    for (const space of [0, 2, '\t']) {
      expect(await read(JSON.stringify({ channels }, null, space))).toEqual([
        { name: 'chat', kind: 'slack', url: new URL('https://hooks.example/services/T/B') },
      ]);
    }
  });

  it.each([
    ['', { port: 587, secure: false }],
    ['port: 465,', { port: 465, secure: true }],
    ['secure: true,', { port: 465, secure: true }],
    ['port: 465, secure: false,', { port: 465, secure: false }],
    ['port: 25,', { port: 25, secure: false }],
  ])('knows the port and the TLS of a mail server with {%s}', async (given, expected) => {
    const text = aChannel(`kind: email\nsmtp: {${given} host: mail.example}\nfrom: a@b.example\nto: [c@d.example]`);
    expect(await read(text)).toMatchObject([{ smtp: { ...expected, login: null } }]);
  });

  it.each([0o640, 0o604, 0o644, 0o660])('is refused where others can read it: %o', async (mode) => {
    await expect(read(`channels: { ops: ${HOOK} }`, mode)).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining(`--notifications: ${path} can be read by others`),
    });
  });

  it('is refused where it is not there', async () => {
    await expect(readChannels(join(folder.path, 'none'))).rejects.toThrow('none cannot be read');
  });

  it('may be stricter than 0600', async () => {
    expect(await read(`channels: { ops: ${HOOK} }`, 0o600)).toHaveLength(1);
    if (process.getuid?.() === 0) expect(await read(`channels: { ops: ${HOOK} }`, 0o400)).toHaveLength(1);
  });

  it('shows all its faults at once, each with its line', async () => {
    const text = `channels:
  ops-hook: { kind: webhook, url: http://hooks.example/in, secret: whsec_short }
  Ops_Mail:
    kind: email
    smtp: { host: mail.example, port: 70000, user: fairlead }
    from: nobody
    to: []
    subject: what
  chat: { kind: pigeon }
  other: { kind: slack }
colour: red
`;
    const faults = await faultsOf(text);
    expect(faults).toEqual([
      expect.stringMatching(/^2 channels\.ops-hook\.url: must be an https URL/),
      expect.stringMatching(/^2 channels\.ops-hook\.secret: must be 'whsec_'/),
      expect.stringMatching(/^3 a name of a channel must be/),
      expect.stringMatching(/^9 channels\.chat\.kind: must be webhook, email or slack/),
      expect.stringMatching(/^10 channels\.other\.url: is missing/),
      '11 there is no such key here',
    ]);
    expect(await faultsOf(text.replace('Ops_Mail', 'ops-mail'))).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^5 channels\.ops-mail\.smtp\.port: must be a port/),
        expect.stringMatching(/^6 channels\.ops-mail\.from: must be a mail address/),
        expect.stringMatching(/^7 channels\.ops-mail\.to: must be a list/),
        '8 channels.ops-mail: there is no such key here',
      ]),
    );
  });

  it.each([
    ['channels:\n  a: [', '2 is not YAML'],
    ['channels:\n  a: {}\n  a: {}', '3 is not YAML (duplicate key)'],
    ['channels: {}\n---\nchannels: {}', '2 is not YAML (multiple docs)'],
    ['', '1 must be a table'],
    ['- channels', '1 must be a table'],
    ['channels: 1', '1 channels: must be a table'],
    ['channels:\n  ops:\n', "2 channels.ops: must be a table with a 'kind'"],
    ['channels:\n  ops: {}\n', '2 channels.ops.kind: must be webhook, email or slack'],
  ])('is refused for %j', async (text, fault) => {
    expect((await faultsOf(text)).join('\n')).toContain(fault);
  });

  it.each([
    ['url: https://user:pass-word@hooks.example/in'],
    ['url: https://user@hooks.example/in'],
    ['url: https://hooks.example/in#part'],
    ['url: http://10.0.0.1/in'],
    ['url: http://localhost.example/in'],
    ['url: ftp://hooks.example/in'],
    ['url: hooks.example'],
    ['url: 12'],
  ])('does not take %s for an address', async (line) => {
    expect(await faultsOf(aChannel(`kind: slack\n${line}`))).toEqual([
      expect.stringMatching(/^4 channels\.ops\.url: must be an https URL/),
    ]);
  });

  it.each([
    'a@b.example, c@d.example',
    'a@b.example\\r\\nBcc: c@d.example',
    'Name\\r\\nBcc: x <a@b.example>',
    'a b@c.example',
    'Name <a@b.example> x',
    '@b.example',
  ])('does not take "%s" for one mail address', async (address) => {
    const text = aChannel(`kind: email\nsmtp: {host: m.example}\nfrom: a@b.example\nto: ["${address}"]`);
    expect(await faultsOf(text)).toEqual([expect.stringMatching(/^6 channels\.ops\.to\.0: must be a mail address/)]);
  });

  it.each(['*hunter2-hunter2', '&hunter2-hunter2 x', '!hunter2-hunter2 x', '!!binary hunter2'])(
    'asks for quotes around %s, which YAML takes for something else',
    async (password) => {
      const text = aChannel(
        `kind: email\nsmtp:\n  host: m.example\n  user: u\n  password: ${password}\nfrom: a@b.example\nto: [c@d.example]`,
      );
      expect(await faultsOf(text)).toEqual(['7 a value that begins with *, & or ! must be in quotes']);
    },
  );

  it('repeats nothing of what it holds', async () => {
    const secret = 'hunter2-hunter2-hunter2';
    const texts = [
      aChannel(`kind: webhook\nurl: ${secret}\nsecret: ${secret}`),
      aChannel(`kind: webhook\nurl: https://h.example\nsecret: whsec_${secret}\n${secret}: ${secret}`),
      aChannel(`kind: ${secret}`),
      aChannel(`kind: email\nsmtp: {host: "${secret} x", port: ${secret}, user: u}\nfrom: ${secret}\nto: ${secret}`),
      `channels:\n  whsec_${secret}: {kind: slack}`,
      `channels:\n  ops: {kind: slack, url: *${secret}}`,
      `channels:\n  ops: {kind: slack, url: "https://h.example/${secret}\\q"}`,
      `channels:\n  ops: {kind: slack, url: @${secret}}`,
      `%${secret}\nchannels: {}`,
      `channels:\n  ops: !${secret} {kind: slack}`,
      `channels: ${secret}`,
      secret,
      `${secret}: {}`,
      `channels:\n  ops:\n    kind: slack\n   ${secret}`,
      `channels: {}\n] ${secret}`,
    ];
    for (const text of texts) {
      const error: unknown = await read(text).catch((thrown: unknown) => thrown);
      if (!(error instanceof FairleadError)) throw new Error(`It was taken: ${text}`);
      expect(`${error.message} ${error.hint} ${JSON.stringify(error.faults)} ${error.stack}`).not.toContain('hunter2');
      expect(error.cause).toBeUndefined();
      expect(error.faults?.length).toBeGreaterThan(0);
    }
  });
});

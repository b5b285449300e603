import { z } from 'zod';
import { isLoopback } from '../http/exposure.js';
import { type ChannelConfig, type MailAddress } from './channel-config.js';

/** No message here repeats what was given: it may be a secret, also where none belongs. */
const said = (rule: string) => ({
  error: (issue: { readonly input?: unknown }) => (issue.input === undefined ? 'is missing' : `must be ${rule}`),
});

const text = (rule: string) => z.string(said(rule)).min(1, `must be ${rule}`);

/** The body is for its receiver alone, and to know a chat's address is to be let in. */
const isPrivate = ({ protocol, hostname }: URL): boolean =>
  protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname.replace(/^\[|\]$/g, '')));

const URL_RULE = 'an https URL without user, password and #; http for this machine only';
const url = z
  .string(said(URL_RULE))
  .refine(
    (given) =>
      URL.canParse(given) && isPrivate(new URL(given)) && new URL(given).username === '' && !/[#@\s]/.test(given),
    `must be ${URL_RULE}`,
  )
  .transform((given) => new URL(given));

const SECRET_RULE = "'whsec_' and 24 to 64 random bytes in base64: 'echo whsec_$(openssl rand -base64 32)' makes one";
const secret = z.string(said(SECRET_RULE)).refine((given) => {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(given) ?? [];
  if (base64 === undefined || base64.length % 4 !== 0) return false;
  const { length } = Buffer.from(base64, 'base64');
  return length >= 24 && length <= 64;
}, `must be ${SECRET_RULE}`);

const ADDRESS_RULE = 'a mail address, such as ops@example.net or Operations <ops@example.net>';
const ADDRESS = /^(?:([^<>@,;:"\\\p{Cc}]+) <([^\s<>@,;:"\\]+@[^\s<>@,;:"\\]+)>|([^\s<>@,;:"\\]+@[^\s<>@,;:"\\]+))$/u;
const address = z.string(said(ADDRESS_RULE)).transform((given, context): MailAddress => {
  const [, name = '', inBrackets, alone] = ADDRESS.exec(given) ?? [];
  const found = inBrackets ?? alone;
  if (found !== undefined) return { name, address: found };
  context.addIssue({ code: 'custom', message: `must be ${ADDRESS_RULE}` });
  return z.NEVER;
});

const HOST_RULE = 'a name or an address of a mail server';
const PORT_RULE = 'a port: 1 to 65535';
const smtp = z
  .strictObject(
    {
      host: z.string(said(HOST_RULE)).regex(/^[\w.:-]+$/, `must be ${HOST_RULE}`),
      port: z
        .int(said(PORT_RULE))
        .refine((given) => given >= 1 && given <= 65_535, `must be ${PORT_RULE}`)
        .optional(),
      secure: z.boolean(said('true (TLS from the start) or false (STARTTLS)')).optional(),
      user: text('text').optional(),
      password: text('text; put it in quotes').optional(),
    },
    said('a table of host, port, secure, user, password'),
  )
  .transform(({ host, port, secure = port === 465, user, password }, context) => {
    if ((user === undefined) !== (password === undefined)) {
      context.addIssue({ code: 'custom', message: 'must have both user and password, or neither' });
    }
    const login = user === undefined || password === undefined ? null : { user, password };
    return { host, port: port ?? (secure ? 465 : 587), secure, login };
  });

const TO_RULE = 'a list of mail addresses, 1 to 50';
const kinds = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({ kind: z.literal('webhook'), url, secret }),
    z.strictObject({
      kind: z.literal('email'),
      smtp,
      from: address,
      to: z.array(address, said(TO_RULE)).min(1, `must be ${TO_RULE}`).max(50, `must be ${TO_RULE}`),
    }),
    z.strictObject({ kind: z.literal('slack'), url }),
  ],
  {
    error: ({ input }) =>
      typeof input === 'object' && input !== null ? 'must be webhook, email or slack' : "must be a table with a 'kind'",
  },
);

/** Names are shown to whoever writes policies. */
const NAME_RULE = 'a name of a channel must be 1 to 32 of a to z, 0 to 9 and -, and not begin with -';
const name = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, NAME_RULE);

/** What the file may say. */
export const channelsSchema = z
  .strictObject(
    { channels: z.record(name, kinds, said('a table of channels by their names')) },
    said("a table with the key 'channels'"),
  )
  .transform(({ channels }) => Object.entries(channels).map(([name, kind]): ChannelConfig => ({ name, ...kind })));

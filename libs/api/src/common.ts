import { checkHostName, parseDuration, parseSelector, parseUntil, toFairleadError } from '@fairlead/domain';
import { z } from 'zod';

/** What a schema yields, unchangeable in depth: so readonly domain values may be put into a view as they are. */
export type View<S extends z.ZodType> = DeepReadonly<z.output<S>>;

export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
    : T;

/** Times are passed on as engines give them (nanoseconds, offsets); only their notation is promised. */
export const timestamp = z
  .string()
  .meta({ format: 'date-time', description: 'RFC 3339', example: '2026-11-24T09:30:00.000Z' });

export const freshness = z.enum(['live', 'stale', 'offline']).meta({
  id: 'Freshness',
  description:
    'How far the answer can be trusted. `live`: the host is connected and its engine is followed. `stale`: as it was at ' +
    '`asOf`, the host or its engine does not answer at present. `offline`: not heard of for 15 s or more.',
  example: 'live',
});
export type FreshnessView = z.output<typeof freshness>;

/** The age that every answer from the inventory carries. */
export const age = {
  freshness,
  asOf: timestamp.meta({ description: 'The inventory is known to have been true then, by the controller’s clock' }),
};

export const simulated = z.boolean().meta({
  description: 'True where a simulated engine stands in for a real one (demo fleet)',
  example: false,
});

/** Of what is past, which outlives its host. */
export const simulatedThen = z
  .boolean()
  .nullable()
  .meta({
    description:
      'Whether the engine of this host, as it is known now, is a simulated one. null: not known, as the host of that time ' +
      'was forgotten',
  });

/** The operation of ours that did something. */
export const author = z.object({
  actor: z.string(),
  operationId: z.string(),
  run: z
    .object({ id: z.string(), policy: z.string(), version: z.int() })
    .nullable()
    .meta({
      description:
        'The run of a cleanup policy that it was part of. null: none, or it is not kept any more, or the caller is bounded ' +
        'to some hosts, and sees no policies',
    }),
});

export const labelMap = z.record(z.string().min(1), z.string());

/** Query keys that may be repeated arrive as one text or as a list. */
export const repeatable = <S extends z.ZodType>(item: S) =>
  z.preprocess((value) => (Array.isArray(value) ? (value as unknown[]) : [value]), z.array(item)).prefault([]);

/** `true` or `false` in a query. */
export const queryBoolean = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({
    override: ({ jsonSchema }: { jsonSchema: Record<string, unknown> }) => {
      delete jsonSchema['enum'];
      jsonSchema['type'] = 'boolean';
    },
  });

/** Turns a domain check that throws into a fault of the field. */
export const passes =
  (check: (text: string) => unknown) =>
  (context: z.core.ParsePayload<string>): void => {
    try {
      check(context.value);
    } catch (error) {
      const { message, hint } = toFairleadError(error);
      context.issues.push({ code: 'custom', message: hint ? `${message}. ${hint}` : message, input: context.value });
    }
  };

export const hostName = z
  .string()
  .check(passes(checkHostName))
  .meta({ description: 'Name of a host', example: 'web-1' });

export const selector = z
  .string()
  .check(passes(parseSelector))
  .meta({ description: 'Label selector for hosts', example: 'env=prod,role!=db' });

export const durationText = z
  .string()
  .check(passes(parseDuration))
  .meta({ description: 'A duration such as 90s, 15m, 24h or 7d', example: '24h' });

export const cursor = z
  .string()
  .min(1)
  .meta({ description: '`nextCursor` of the page before; filters and sort must be the same' });

export const pageLimit = z.coerce
  .number()
  .int()
  .min(1)
  .max(500)
  .default(50)
  .meta({ description: 'Rows on one page', example: 50 });

/** Total time an operation may take, from its acceptance, in milliseconds. */
export const deadlineMs = (byDefault: number) =>
  z.number().int().min(1000).max(600_000).default(byDefault).meta({
    description: 'Time for the whole operation in milliseconds; after it the outcome is `expired` or `unknown`',
  });

/** A host that could not be asked: named, never left out. */
export const unavailableHost = z.object({ name: hostName, ...age }).meta({
  id: 'UnavailableHost',
  description: 'A host whose rows are not live: what is shown of it was true at `asOf`',
  example: { name: 'web-2', freshness: 'offline', asOf: '2026-11-24T09:12:41.000Z' },
});
export type UnavailableHostView = View<typeof unavailableHost>;

/** Most hosts that an answer names as not live. */
export const MAX_UNAVAILABLE = 100;

/** What every answer about several hosts says of those that could not be asked. */
export const unavailable = {
  unavailableHosts: z.array(unavailableHost).meta({
    description: `Hosts among those asked for whose rows are not live, in order of name, ${MAX_UNAVAILABLE} at most; their rows are shown all the same`,
  }),
  unavailableTotal: z.int().meta({ description: 'How many such hosts there are' }),
};

/** A time, or how long ago. */
export const moment = z
  .string()
  .check(passes((text) => parseUntil(text, 0)))
  .meta({ description: 'A time (RFC 3339), or how long ago: 12h, 7d', example: '12h' });

/** Name with wildcards, or the beginning of an id. */
export const networkPattern = z.string().min(1).meta({
  description: 'Name (`*` and `?` are wildcards), full id, or 12 or more digits of the beginning of one',
  example: 'shop_*',
});

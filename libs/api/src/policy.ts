import {
  type CleanupPolicy,
  FairleadError,
  type NetworkRule,
  parseDuration,
  parseSelector,
  POLICY_RUN_MODES,
} from '@fairlead/domain';
import { z } from 'zod';
import { passes, timestamp, type View } from './common.js';
import { networkScope } from './network.js';

/** Times beyond that are no dates any more, in milliseconds: ten years. */
const LONGEST_MS = 10 * 365 * 86_400_000;

function checkDuration(text: string): void {
  if (parseDuration(text) <= LONGEST_MS) return;
  throw new FairleadError('invalid_argument', `'${text}' is more than ten years`);
}

const duration = z
  .string()
  .check(passes(checkDuration))
  .meta({ description: 'A duration such as 90s, 15m, 24h or 7d, ten years at most', example: '24h' });

/** Most rules of one kind, and most texts in one of them. */
const MOST_RULES = 100;

const texts = z.array(z.string().min(1).max(256)).max(MOST_RULES).default([]);
const percent = (byDefault: number) => z.number().min(0).max(100).default(byDefault);
const prefixLength = z.int().min(0).max(128);

export const networkRule = z
  .strictObject({
    drivers: texts.meta({ description: 'One of these drivers' }),
    names: texts.meta({ description: 'A name like one of these (`*` and `?` are wildcards)' }),
    labels: z.string().default('').check(passes(parseSelector)).meta({
      description: 'Selector of the network’s own labels',
      example: 'team=web,!keep',
    }),
    projects: texts.meta({ description: 'Of a Compose project like one of these (`*` and `?` are wildcards)' }),
    scopes: z.array(networkScope).default([]).meta({ description: 'One of these scopes' }),
    prefix: z
      .strictObject({ min: prefixLength.default(0), max: prefixLength.default(128) })
      .refine(({ min, max }) => min <= max, 'min is above max')
      .nullable()
      .default(null)
      .meta({ description: 'One of its subnets has a prefix length within these: /24 is smaller than /16' }),
  })
  .meta({
    id: 'NetworkRule',
    description: 'Networks that fit all that it says; what it leaves out is not asked',
    example: { drivers: ['bridge'], names: ['ci-*'] },
  });
export type NetworkRuleView = View<typeof networkRule>;

const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'is not a time such as 02:30');
const endTime = z.string().regex(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, 'is not a time such as 02:30 or 24:00');

export const policySchedule = z
  .strictObject({
    when: z.string().min(1, 'is empty').max(256).meta({
      description: 'A cron pattern of five fields, or `every` and a duration',
      example: '0 2 * * *',
    }),
    zone: z
      .string()
      .min(1, 'is empty')
      .default('UTC')
      .meta({ description: 'IANA time zone', example: 'Europe/Berlin' }),
    jitter: duration.nullable().default(null).meta({
      description: 'A run begins so much after its instant at most; null: a tenth of the period, 5 min at most',
    }),
    startWithin: duration.default('1h').meta({
      description: 'A run that was missed is caught up until so long after its instant, once',
    }),
    window: z
      .strictObject({
        from: wallTime,
        to: endTime,
        days: z.array(z.int().min(0).max(6)).default([]).meta({ description: '0 is Sunday; empty: every day' }),
      })
      .nullable()
      .default(null)
      .meta({ description: 'Networks are removed only then, by the clock of the zone; it may pass midnight' }),
  })
  .meta({
    id: 'PolicySchedule',
    description: 'When a policy runs by itself',
    example: { when: '0 2 * * *', zone: 'Europe/Berlin', window: { from: '01:00', to: '05:00', days: [] } },
  });
export type PolicyScheduleView = View<typeof policySchedule>;

export const NOTIFICATION_EVENTS = ['finished', 'failed', 'approval-needed', 'cap-reached', 'held'] as const;

export const policyNotification = z
  .strictObject({
    channel: z.string().min(1, 'is empty').meta({ description: 'Name of a channel that the controller knows' }),
    on: z
      .array(z.enum(NOTIFICATION_EVENTS))
      .default(['failed', 'approval-needed', 'cap-reached', 'held'])
      .meta({ description: 'What is told there' }),
  })
  .meta({
    id: 'PolicyNotification',
    description: 'Where it is told how runs go',
    example: { channel: 'ops-hook', on: ['finished', 'failed'] },
  });

export const policySpec = z
  .strictObject({
    hosts: z
      .string()
      .default('')
      .check(passes(parseSelector))
      .meta({ description: 'Selector of hosts; empty: all', example: 'env!=prod' }),
    match: z.array(networkRule).max(MOST_RULES).default([]).meta({ description: 'One of them has to fit' }),
    matchAll: z.boolean().default(false).meta({
      description: 'Says that every unused network is meant, where no rule narrows them',
    }),
    exempt: z.array(networkRule).max(MOST_RULES).default([]).meta({ description: 'None of them may fit' }),
    unusedFor: duration.default('14d').meta({
      description: 'Only networks that nobody was seen on for so long',
      example: '14d',
    }),
    minAge: duration.default('24h').meta({ description: 'Only networks that are so old' }),
    schedule: policySchedule.nullable().default(null).meta({ description: 'null: it runs only when somebody runs it' }),
    mode: z.enum(POLICY_RUN_MODES).default('report').meta({
      description: '`report` tells what would go; `approve` waits for a yes to its plan; `apply` removes by itself',
    }),
    approveWithin: duration.default('24h').meta({ description: 'How long a plan waits for its approval' }),
    caps: z
      .strictObject({
        networks: z.int().min(0).max(100_000).default(20),
        hostPercent: percent(10).meta({ description: 'Of the networks of a host that no engine made itself' }),
        fleetPercent: percent(5).meta({ description: 'Of those of all hosts of the plan' }),
      })
      .prefault({})
      .meta({
        description:
          'More than that in one run, and the run removes nothing. Percentages are rounded down, but one network may ' +
          'always go unless they are 0',
      }),
    canary: z.string().default('').check(passes(parseSelector)).meta({
      description:
        'Selector of the host to begin with; empty: the first by name. Then a tenth of the hosts, then the rest',
    }),
    stop: z
      .strictObject({
        failures: z.int().min(1).max(100_000).default(2),
        failedPercent: percent(5),
        unreachablePercent: percent(10).meta({ description: 'Of the hosts of the plan' }),
      })
      .prefault({})
      .meta({
        description: 'So many networks that failed or had to be made again, or hosts that went away, and the run stops',
      }),
    notify: z.array(policyNotification).max(20).default([]),
  })
  .meta({
    id: 'PolicySpec',
    description: 'What a cleanup policy says',
    example: {
      hosts: 'env!=prod',
      match: [{ drivers: ['bridge'] }],
      exempt: [{ labels: 'keep' }, { projects: ['infra-*'] }],
      unusedFor: '14d',
      schedule: { when: '0 2 * * *', zone: 'Europe/Berlin' },
    },
  });
export type PolicySpecView = View<typeof policySpec>;

const policyName = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/, 'is not 1 to 63 small letters, digits and dashes')
  .meta({ description: 'Name of a policy', example: 'nightly' });

/** A name or an id. */
export const policyParams = z.strictObject({
  policy: z.string().min(1).meta({ description: 'Name or id of a policy', example: 'nightly' }),
});

export const createPolicyRequest = z.strictObject({ name: policyName, spec: policySpec }).meta({
  id: 'CreatePolicyRequest',
  description: 'A new policy, which begins in the mode `report`',
  example: { name: 'nightly', spec: { matchAll: true, schedule: { when: 'every 6h' } } },
});
export type CreatePolicyRequest = View<typeof createPolicyRequest>;

export const updatePolicyRequest = z
  .strictObject({
    spec: policySpec.optional().meta({ description: 'The whole of what it says from now on: a new version' }),
    paused: z.boolean().optional().meta({
      description: 'Its schedule rests, and a run under way waits between two networks',
    }),
    version: z.int().optional().meta({ description: 'Refused where the policy is at another version by now' }),
  })
  .meta({ id: 'UpdatePolicyRequest', description: 'A change of a policy', example: { paused: true } });
export type UpdatePolicyRequest = View<typeof updatePolicyRequest>;

export const policy = z
  .object({
    id: z.string(),
    name: z.string(),
    version: z.int(),
    paused: z.boolean(),
    spec: policySpec,
    createdAt: timestamp,
    createdBy: z.string(),
    updatedAt: timestamp,
    updatedBy: z.string(),
    schedule: z.string().meta({ description: 'Its schedule in words; empty where it has none' }),
    next: z.array(timestamp).meta({ description: 'Its coming instants, before jitter' }),
    warnings: z.array(z.string()).meta({ description: 'What is odd about it as the fleet is now, a sentence each' }),
  })
  .meta({
    id: 'Policy',
    description: 'A cleanup policy',
    example: {
      id: '019ab2c4-5d6e-7f80-9a1b-2c3d4e5f6071',
      name: 'nightly',
      version: 1,
      paused: false,
      spec: policySpec.parse({ hosts: 'env!=prod', matchAll: true, schedule: { when: '0 2 * * *' } }),
      createdAt: '2026-11-24T09:30:00.000Z',
      createdBy: 'local',
      updatedAt: '2026-11-24T09:30:00.000Z',
      updatedBy: 'local',
      schedule: 'at 02:00 every day, UTC',
      next: ['2026-11-25T02:00:00.000Z'],
      warnings: [],
    },
  });
export type PolicyView = View<typeof policy>;

export const policyList = z
  .object({ items: z.array(policy) })
  .meta({ id: 'PolicyList', description: 'All policies, in order of name', example: { items: [] } });
export type PolicyListView = View<typeof policyList>;

export const policyQuery = z.strictObject({
  next: z.coerce.number().int().min(0).max(100).default(1).describe('How many coming instants to tell'),
});

export const policyVersion = z
  .object({ version: z.int(), spec: policySpec, createdAt: timestamp, createdBy: z.string() })
  .meta({
    id: 'PolicyVersion',
    description: 'What a policy said from some time on',
    example: {
      version: 1,
      spec: policySpec.parse({ matchAll: true }),
      createdAt: '2026-11-24T09:30:00.000Z',
      createdBy: 'local',
    },
  });
export const policyVersionList = z
  .object({ items: z.array(policyVersion) })
  .meta({ id: 'PolicyVersionList', description: 'All versions of a policy, newest first', example: { items: [] } });
export type PolicyVersionListView = View<typeof policyVersionList>;

export const toNetworkRule = ({ labels, ...rule }: NetworkRuleView): NetworkRule => ({
  ...rule,
  labels: parseSelector(labels),
});

/** What plans are made by. */
export const toCleanupPolicy = (spec: PolicySpecView): CleanupPolicy => ({
  hosts: parseSelector(spec.hosts),
  match: spec.match.map(toNetworkRule),
  exempt: spec.exempt.map(toNetworkRule),
  unusedForMs: parseDuration(spec.unusedFor),
  minAgeMs: parseDuration(spec.minAge),
  caps: spec.caps,
  stop: spec.stop,
  canary: parseSelector(spec.canary),
});

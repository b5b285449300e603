import { ERRORS, type ErrorCode, ERROR_CODES, FairleadError, isErrorCode } from '@fairlead/domain';
import { z } from 'zod';
import { hostName, type View } from './common.js';
import { operation, type OperationView } from './operation.js';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export const candidate = z.object({ host: hostName, id: z.string(), name: z.string() }).meta({
  id: 'Candidate',
  description: 'One of the networks that an ambiguous name fits',
  example: { host: 'web-1', id: '798b0f9e2c1c6a6f5d7f0a9cf0f6dfe0e0a1f6b6a1c6c0d6a5e4f3b27c0352b8', name: 'my-net' },
});
export type CandidateView = View<typeof candidate>;

export const problem = z
  .object({
    type: z.string().meta({ description: '`urn:fairlead:error:<code>`' }),
    title: z.string().meta({ description: 'The same sentence for every occurrence of the code' }),
    status: z.int(),
    detail: z.string().meta({ description: 'What happened and why' }),
    instance: z.string().meta({ description: 'Path of the request' }),
    code: z.enum(ERROR_CODES).meta({ id: 'ErrorCode', description: 'One of a closed list; programs may depend on it' }),
    engineMessage: z.string().optional().meta({ description: 'The engine’s own words, unchanged' }),
    hint: z.string().optional().meta({ description: 'What to do next' }),
    faults: z
      .array(z.object({ path: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'One entry a fault, where the request is wrong in several places' }),
    operation: operation.optional().meta({ description: 'The operation that did not succeed' }),
    candidates: z.array(candidate).optional().meta({ description: 'For `ambiguous_name`: what the name fits' }),
  })
  .meta({
    id: 'Problem',
    description: 'Why the request was not carried out (RFC 9457)',
    example: {
      type: 'urn:fairlead:error:network_not_found',
      title: 'There is no such network',
      status: 404,
      detail: "Host 'web-1' has no network 'my-net'",
      instance: '/api/v1/hosts/web-1/networks/my-net',
      code: 'network_not_found',
      hint: "See 'fairlead network ls --host web-1'.",
    },
  });
export type ProblemView = View<typeof problem>;

/** What a problem may carry beside the error itself. */
export interface ProblemContext {
  /** Path of the request. */
  readonly instance: string;
  readonly operation?: OperationView | undefined;
  readonly candidates?: readonly CandidateView[] | undefined;
}

/** An error that came as a problem, with the operation and candidates it carried. */
export class ProblemError extends FairleadError {
  constructor(
    code: ErrorCode,
    readonly problem: ProblemView,
  ) {
    super(code, problem.detail, { engineMessage: problem.engineMessage, hint: problem.hint, faults: problem.faults });
  }

  get operation(): OperationView | undefined {
    return this.problem.operation;
  }

  get candidates(): readonly CandidateView[] {
    return this.problem.candidates ?? [];
  }
}

/** The body of an answer that says why. Its HTTP status is `status`, its media type PROBLEM_MEDIA_TYPE. */
export function toProblem(error: FairleadError, { instance, operation, candidates }: ProblemContext): ProblemView {
  const { http, title } = ERRORS[error.code];
  return {
    type: `urn:fairlead:error:${error.code}`,
    title,
    status: http,
    detail: error.message,
    instance,
    code: error.code,
    ...given({ engineMessage: error.engineMessage || undefined, hint: error.hint || undefined, faults: error.faults }),
    ...given({ operation, candidates }),
  };
}

/** The entries that are there: an absent member is left out of the JSON and out of deep comparisons alike. */
function given<T extends object>(members: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const entries = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]?: Exclude<T[K], undefined> };
}

/** The error a problem stands for. A code this version does not know counts as `internal`; its words are kept. */
export function fromProblem(view: ProblemView): ProblemError {
  return new ProblemError(isErrorCode(view.code) ? view.code : 'internal', view);
}

/** One thing that is wrong with a request, and where: a JSON pointer or a query key. */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** What a schema found wrong, and what else is, as the one error with a fault for each place. */
export function fromIssues(
  what: string,
  issues: readonly z.core.$ZodIssue[],
  further: readonly Fault[] = [],
): FairleadError {
  const faults = [...issues.flatMap(toFaults), ...further];
  const list = faults.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('; ');
  return new FairleadError('invalid_argument', `The ${what} is not valid: ${list}`, { faults });
}

function toFaults(issue: z.core.$ZodIssue): Fault[] {
  const at = (path: readonly PropertyKey[]): string => path.map((part) => `/${String(part)}`).join('');
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: at([...issue.path, key]), message: 'there is no such field' }));
  }
  return [{ path: at(issue.path), message: issue.message }];
}

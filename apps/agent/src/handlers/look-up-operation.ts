import { FairleadError, toFairleadError } from '@fairlead/domain';
import { codec, type LookUpOperationRequest__Output, type LookUpOperationResponse } from '@fairlead/link';
import type { OperationRecord } from '../journal/entries.js';
import { lookAtEngine } from '../operations/look-at-engine.js';
import { type CommandMethod, QUIET_MS } from '../operations/operation-runner.js';
import type { Handler, HandlerDeps } from './deps.js';

const COMMANDS: ReadonlySet<string> = new Set<CommandMethod>([
  'CreateNetwork',
  'ConnectContainer',
  'DisconnectContainer',
  'RemoveNetwork',
  'PruneNetworks',
  'RestoreNetwork',
]);
const isCommand = (method: string): method is CommandMethod => COMMANDS.has(method);

export const lookUpOperation: Handler<'LookUpOperation', Promise<LookUpOperationResponse>> = (deps) => (question) =>
  lookUp(deps, question);

async function lookUp(deps: HandlerDeps, question: LookUpOperationRequest__Output): Promise<LookUpOperationResponse> {
  const { operationId, method, journalId } = question;
  const running = deps.operations.running(operationId);
  if (running !== undefined) {
    return { verdict: 'running', source: 'journal', items: [...running.items], explanation: 'it is being carried out' };
  }
  if (!isCommand(method)) return answerForReads(method);
  const record = await deps.operations.findOrRefuse(operationId, 'it had not arrived when it was looked up');
  if (record?.state === 'done') return fromJournal(record);
  if (record?.state === 'started') return fromEngine(deps, method, question, record);
  const isSameJournal = journalId === deps.journalId;
  if (record === undefined || !isSameJournal) return fromEngine(deps, method, question, undefined);
  return { verdict: 'not_started', source: 'journal', explanation: record.why };
}

function answerForReads(method: string): LookUpOperationResponse {
  if (!codec.isMethod(method)) throw new FairleadError('unsupported', `This agent has no method '${method}'`);
  return { verdict: 'not_applied', source: 'journal', explanation: `${method} changes nothing; its answer was lost` };
}

function fromJournal({ response, error, items }: OperationRecord): LookUpOperationResponse {
  const verdict = error === undefined ? 'applied' : 'not_applied';
  const explanation = error === undefined ? 'it was carried out' : `it failed: ${error.message}`;
  return {
    verdict,
    source: 'journal',
    response: response ?? Buffer.alloc(0),
    error: error ?? null,
    items: [...items],
    explanation,
  };
}

async function fromEngine<M extends CommandMethod>(
  deps: HandlerDeps,
  method: M,
  question: LookUpOperationRequest__Output,
  known: OperationRecord | undefined,
): Promise<LookUpOperationResponse> {
  const request = codec.decodeRequest<M>(method, question.request);
  const source = 'engine';
  try {
    const { applied, explanation, items } = await lookAtEngine(deps.engine, method, request, known, deps.journal);
    const isFinal = (applied && method !== 'PruneNetworks') || quietFor(deps, question.operationId) >= QUIET_MS;
    if (!isFinal)
      return { verdict: 'undecided', source, explanation: `${explanation}, but that may be about to change` };
    return { verdict: applied ? 'applied' : 'not_applied', source, items: [...items], explanation };
  } catch (thrown) {
    const error = toFairleadError(thrown);
    if (error.code !== 'engine_unavailable') throw error;
    return { verdict: 'undecided', source, explanation: error.message };
  }
}

/**
 * For how long nothing of this operation can have reached the engine, while it was answering. What an earlier life of
 * this agent has sent was sent before this one saw the engine answer.
 */
const quietFor = ({ observer, operations }: HandlerDeps, operationId: string): number =>
  Math.min(observer.upForMs(), operations.sinceLostMs(operationId));

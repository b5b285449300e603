import { FairleadError, toFairleadError } from '@fairlead/domain';
import { codec, type LookUpOperationResponse, type Methods, toErrorMessage } from '@fairlead/link';

/** What has an operation id and one answer. */
type Command = 'CreateNetwork' | 'ConnectContainer' | 'DisconnectContainer' | 'RemoveNetwork';

interface Entry {
  readonly method: Command;
  /** Serialized; undefined where it failed. */
  readonly response: Buffer | undefined;
  readonly error: FairleadError | undefined;
}

/** Operations of one host that are remembered; a real journal keeps them for days. */
const KEPT = 500;

/** Answers of commands by operation id, in memory: the same id again gives the same answer and no second act. */
export class SimulatedJournal {
  private readonly entries = new Map<string, Entry>();
  private readonly refused = new Set<string>();

  once<M extends Command>(
    method: M,
    operationId: string,
    act: () => Methods[M]['responseIn'],
  ): Methods[M]['responseIn'] {
    const entry = this.entries.get(operationId) ?? this.carryOut(method, operationId, act);
    if (entry.error !== undefined) throw entry.error;
    if (entry.method !== method || entry.response === undefined) {
      throw new FairleadError('invalid_argument', `Operation ${operationId} was another command`);
    }
    return codec.decodeResponse(method, entry.response);
  }

  lookUp(operationId: string): LookUpOperationResponse {
    const entry = this.entries.get(operationId);
    if (entry === undefined) {
      this.refused.add(operationId);
      return { verdict: 'not_started', source: 'journal', explanation: 'it had not arrived when it was looked up' };
    }
    const { response, error } = entry;
    return {
      verdict: error === undefined ? 'applied' : 'not_applied',
      source: 'journal',
      response: response ?? Buffer.alloc(0),
      error: error === undefined ? null : toErrorMessage(error),
      explanation: error === undefined ? 'it was carried out' : `it failed: ${error.message}`,
    };
  }

  private carryOut<M extends Command>(method: M, operationId: string, act: () => Methods[M]['responseIn']): Entry {
    if (this.refused.has(operationId)) {
      throw new FairleadError('deadline_exceeded', 'It had not arrived when it was looked up; nothing was done');
    }
    const entry = attempt(method, act);
    this.entries.set(operationId, entry);
    const [oldest] = this.entries.keys();
    if (this.entries.size > KEPT && oldest !== undefined) this.entries.delete(oldest);
    return entry;
  }
}

function attempt<M extends Command>(method: M, act: () => Methods[M]['responseIn']): Entry {
  try {
    return { method, response: codec.encodeResponse(method, act()), error: undefined };
  } catch (error) {
    return { method, response: undefined, error: toFairleadError(error) };
  }
}

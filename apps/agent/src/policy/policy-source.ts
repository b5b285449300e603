import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { FairleadError, type HostPolicy, parseHostPolicy } from '@fairlead/domain';

/** What the file says now: nothing where there is none, a policy, or why it cannot be used. */
export type PolicyState =
  | { readonly kind: 'none' }
  | { readonly kind: 'policy'; readonly policy: HostPolicy }
  | { readonly kind: 'unusable'; readonly reason: string };

/** More is no policy. */
const MAX_BYTES = 64 * 1024;

const unusable = (reason: string): PolicyState => ({ kind: 'unusable', reason });

/**
 * The policy file of a host, read when it has changed.
 *
 * Invariants: what cannot be read, or could have been written by others than its owner, is never followed; a file that
 * was there and is gone is not the same as none. One look at a time decides what holds.
 */
export class PolicySource {
  private state: PolicyState = { kind: 'none' };
  private stamp = '';
  private looking: Promise<PolicyState> | undefined;

  /**
   * @param path of the file
   * @param required whether a file that was never there is a fault
   */
  constructor(
    readonly path: string,
    private readonly required: boolean,
  ) {}

  /** What holds at this moment. Costs an `open` and a `stat` while the file stays as it is. */
  look(): Promise<PolicyState> {
    this.looking ??= this.read().finally(() => (this.looking = undefined));
    return this.looking;
  }

  private async read(): Promise<PolicyState> {
    let handle: FileHandle | undefined;
    try {
      handle = await open(this.path, constants.O_RDONLY | constants.O_NONBLOCK);
      this.state = await this.readFrom(handle);
    } catch (error) {
      this.state = this.explain(error as NodeJS.ErrnoException);
      this.stamp = '';
    } finally {
      await handle?.close().catch(() => undefined);
    }
    return this.state;
  }

  private async readFrom(handle: FileHandle): Promise<PolicyState> {
    const facts = await handle.stat();
    const stamp = [facts.dev, facts.ino, facts.size, facts.mtimeMs, facts.ctimeMs].join(' ');
    if (stamp === this.stamp) return this.state;
    const fault = whyNotTrusted(facts) ?? (facts.size > MAX_BYTES ? `it has more than ${MAX_BYTES} bytes` : undefined);
    const state = fault === undefined ? await parse(await handle.readFile('utf8')) : unusable(fault);
    this.stamp = stamp;
    return state;
  }

  private explain(error: NodeJS.ErrnoException): PolicyState {
    if (error.code !== 'ENOENT') return unusable(`it cannot be read (${error.code ?? error.message})`);
    if (this.state.kind === 'none' && !this.required) return this.state;
    return unusable('it is not there');
  }
}

interface FileFacts {
  isFile(): boolean;
  readonly mode: number;
  readonly uid: number;
}

/** Whoever can write the file decides what is allowed. */
function whyNotTrusted(facts: FileFacts): string | undefined {
  if (!facts.isFile()) return 'it is not a file';
  if ((facts.mode & 0o022) !== 0) return "others than its owner can write it; say 'chmod go-w' to it";
  const own = process.getuid?.() ?? facts.uid;
  if (facts.uid !== 0 && facts.uid !== own) {
    return `it belongs to user ${facts.uid}, who is neither root nor the one that runs the agent; say 'chown root' to it`;
  }
  return undefined;
}

async function parse(text: string): Promise<PolicyState> {
  try {
    return { kind: 'policy', policy: parseHostPolicy(await toData(text)) };
  } catch (error) {
    return unusable(
      error instanceof FairleadError ? error.message : `it is neither JSON nor YAML: ${firstLine(error)}`,
    );
  }
}

/** The YAML reader costs memory, so that it is loaded only for what JSON does not read. */
async function toData(text: string): Promise<unknown> {
  try {
    return JSON.parse(text);
  } catch {
    const yaml = await import('yaml');
    return yaml.parse(text, { logLevel: 'error' });
  }
}

const firstLine = (error: unknown): string => String((error as Error).message).split('\n')[0] ?? '';

import { type Client, type ClientOptions, createClient } from '@fairlead/api';
import { type Config, loadConfig } from './config.js';
import { explainUnauthenticated, tokenFor } from './credentials/credentials.js';
import type { OutputFormat } from './output/format.js';
import { printError } from './output/errors.js';
import type { Terminal } from './terminal.js';

/** Everything outside that the commands use, so that tests can stand in for it. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly terminal: Terminal;
  readonly fetch: typeof fetch;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Resolves early when the signal aborts. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** A new idempotency key. */
  readonly newKey: () => string;
  /** Aborts at Ctrl-C from the call on; before it, Ctrl-C ends the process. */
  readonly interrupted: () => AbortSignal;
  /** Lets a person edit a file with the editor of their choice. Resolves once that has ended. */
  readonly edit: (file: string) => Promise<void>;
}

/** Options that every command of the client has. */
export interface ClientFlags {
  readonly api?: string | undefined;
  readonly output?: OutputFormat | undefined;
}

/** What an action sees of its options; some commands have formats of their own. */
interface ActionFlags extends Omit<ClientFlags, 'output'> {
  readonly output?: string | undefined;
}

/**
 * One call of the program: what the commands are given.
 * Invariant: `exitCode` is set by the one command that runs.
 */
export class Cli {
  exitCode = 0;

  constructor(readonly around: Surroundings) {}

  get terminal(): Terminal {
    return this.around.terminal;
  }

  config(flags: Pick<ClientFlags, 'api'>): Config {
    return loadConfig(this.around.env, flags.api);
  }

  /** For requests in the name of this user. The token is looked for at each request, and belongs to this address. */
  clientOptions(flags: Pick<ClientFlags, 'api'>): ClientOptions {
    const { env } = this.around;
    const config = this.config(flags);
    return {
      ...this.plainOptions(config.apiUrl),
      token: () => tokenFor(env, config),
      onUnauthenticated: (error, sent) => explainUnauthenticated(env, config, error, sent),
    };
  }

  client(flags: Pick<ClientFlags, 'api'>): Client {
    return createClient(this.clientOptions(flags));
  }

  /** For requests with this token, or without any. */
  clientWith(apiUrl: string, token: string | undefined): Client {
    return createClient({ ...this.plainOptions(apiUrl), token: () => token });
  }

  private plainOptions(baseUrl: string): ClientOptions {
    const headers = { 'user-agent': `fairlead-cli/${this.around.version}` };
    return { baseUrl, fetch: this.around.fetch, headers };
  }

  /**
   * A handler as commander calls it, with the options last: what it returns is the exit code, and what it throws is
   * printed in the form that was asked for.
   */
  action<Rest extends [...unknown[], ActionFlags]>(
    handle: (...values: Rest) => Promise<number | void>,
  ): (...values: [...Rest, unknown]) => Promise<void> {
    return async (...values) => {
      const given = values.slice(0, -1) as Rest;
      const flags = given[given.length - 1] as ActionFlags;
      try {
        this.exitCode = (await handle(...given)) ?? 0;
      } catch (error) {
        this.exitCode = printError(this.terminal, error, flags.output);
      }
    };
  }
}

import { FairleadError } from '@fairlead/domain';
import { z } from 'zod';
import { canonical } from './address.js';
import { readPrivate, writePrivate } from './private-file.js';

const login = z.object({
  token: z.string().min(1),
  /** Who one is there. */
  name: z.string(),
  /** A `session` ends with the login, a `token` is the caller's own and goes on. */
  kind: z.enum(['token', 'session']),
});
export type Login = z.output<typeof login>;

const file = z.object({ logins: z.record(z.string(), login) });

/** The logins of this user, one for each address. The file is read anew each time: other calls write it too. */
export class Logins {
  constructor(readonly path: string) {}

  /** @throws FairleadError `forbidden` where others may read the file */
  of(apiUrl: string): Login | undefined {
    const all = this.read();
    const key = canonical(apiUrl);
    return Object.hasOwn(all, key) ? all[key] : undefined;
  }

  keep(apiUrl: string, one: Login): void {
    this.write({ ...this.read(), [canonical(apiUrl)]: one });
  }

  forget(apiUrl: string): void {
    const { [canonical(apiUrl)]: _, ...others } = this.read();
    this.write(others);
  }

  private read(): Readonly<Record<string, Login>> {
    const text = readPrivate(this.path);
    if (text === undefined) return {};
    const read = file.safeParse(parse(text));
    if (read.success) return read.data.logins;
    throw new FairleadError('storage_failed', `${this.path} is not a file of logins`, {
      hint: "Remove it, and sign in again with 'fairlead login'.",
    });
  }

  private write(logins: Readonly<Record<string, Login>>): void {
    writePrivate(this.path, `${JSON.stringify({ logins }, null, 2)}\n`);
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { Prisma } from '../database/index.js';
import { begins, named } from '../networks/network-query.js';

/** What may be the beginning of an id: engines' ids are hexadecimal, those of a swarm's networks are not. */
const BEGINS_AN_ID = /^[0-9a-z]{12,64}$/;

/** A text that names things: a name, one with the wildcards `*` and `?`, or 12 or more digits of an id's beginning. */
export class Pattern {
  readonly isId: boolean;
  readonly isWild: boolean;

  constructor(readonly text: string) {
    this.isId = BEGINS_AN_ID.test(text);
    this.isWild = /[*?]/.test(text);
  }

  /** What stands before the first wildcard. */
  get prefix(): string {
    return this.text.replace(/[*?].*$/s, '');
  }

  /** That a row has such a name, or such an id. */
  fits(name: Prisma.Sql, id: Prisma.Sql): Prisma.Sql {
    const byName = Prisma.sql`(${Prisma.join(named(name, this.text), ' AND ')})`;
    return this.isId ? Prisma.sql`(${byName} OR ${begins(id, this.text)})` : byName;
  }
}

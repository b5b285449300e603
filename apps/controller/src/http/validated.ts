import { fromIssues } from '@fairlead/api';
import { type PipeTransform } from '@nestjs/common';
import { type z } from 'zod';

/** Checks a part of a request against its schema, with its defaults. All faults are reported at once. */
export class Validated<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  constructor(
    private readonly what: string,
    private readonly schema: S,
  ) {}

  /** @throws FairleadError `invalid_argument` */
  transform(value: unknown): z.output<S> {
    const result = this.schema.safeParse(value);
    if (result.success) return result.data;
    throw fromIssues(this.what, result.error.issues);
  }
}

export const validBody = <S extends z.ZodType>(schema: S): Validated<S> => new Validated('request', schema);
export const validQuery = <S extends z.ZodType>(schema: S): Validated<S> => new Validated('query', schema);
export const validParams = <S extends z.ZodType>(schema: S): Validated<S> => new Validated('path', schema);

import { type Fault, fromIssues } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type PipeTransform } from '@nestjs/common';
import { type z } from 'zod';

/** Checks a part of a request against its schema, with its defaults. All faults are reported at once. */
export class Validated<S extends z.ZodType> implements PipeTransform<unknown, z.output<S>> {
  /** @param further what is wrong with parts of a value that the schema refuses for others */
  constructor(
    private readonly what: string,
    private readonly schema: S,
    private readonly further: (value: unknown) => readonly Fault[] = () => [],
  ) {}

  /** @throws FairleadError `invalid_argument` */
  transform(value: unknown): z.output<S> {
    const result = this.schema.safeParse(value);
    if (!result.success) throw fromIssues(this.what, result.error.issues, this.further(value));
    const lost = pathsOfProto(value);
    if (lost.length > 0) throw unusableKeys(this.what, lost);
    return result.data;
  }
}

/** zod 4.6 leaves keys called `__proto__` out of a record without a word: the caller would take them for stored. */
function pathsOfProto(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === '__proto__' ? [`${path}/${key}`] : pathsOfProto(inner, `${path}/${key}`),
  );
}

function unusableKeys(what: string, paths: readonly string[]): FairleadError {
  const faults = paths.map((path) => ({ path, message: "'__proto__' cannot be a key" }));
  const list = faults.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new FairleadError('invalid_argument', `The ${what} is not valid: ${list}`, { faults });
}

export const validBody = <S extends z.ZodType>(schema: S): Validated<S> => new Validated('request', schema);
export const validQuery = <S extends z.ZodType>(schema: S): Validated<S> => new Validated('query', schema);
export const validParams = <S extends z.ZodType>(schema: S): Validated<S> => new Validated('path', schema);

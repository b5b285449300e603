import type { ArgScalarType, ArgType, ColumnType, ResultValue } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import type { SqliteRows, SqliteValue } from './connection.js';

/** Prisma's column types by the declared types that its own migrations write. */
const DECLARED: Readonly<Record<string, ColumnType>> = {
  INTEGER: ColumnTypeEnum.Int32,
  BIGINT: ColumnTypeEnum.Int64,
  REAL: ColumnTypeEnum.Double,
  DECIMAL: ColumnTypeEnum.Numeric,
  TEXT: ColumnTypeEnum.Text,
  BLOB: ColumnTypeEnum.Bytes,
  BOOLEAN: ColumnTypeEnum.Boolean,
  JSONB: ColumnTypeEnum.Json,
  DATETIME: ColumnTypeEnum.DateTime,
};

/** The type of each column: as declared, else (expressions) by its first value that is not null. */
export function columnTypesOf({ columns, rows }: SqliteRows): ColumnType[] {
  return columns.map(({ declaredType }, index) => {
    const declared = DECLARED[declaredType.toUpperCase()];
    // A rowid is an INTEGER of 64 bits: a sequence outgrows Int32.
    if (declared === ColumnTypeEnum.Int32) return ColumnTypeEnum.Int64;
    return declared ?? inferType(rows.find((row) => row[index] !== null)?.[index] ?? null);
  });
}

function inferType(value: SqliteValue): ColumnType {
  if (typeof value === 'string') return ColumnTypeEnum.Text;
  if (typeof value === 'bigint') return ColumnTypeEnum.Int64;
  if (typeof value === 'number') return ColumnTypeEnum.Double;
  return value === null ? ColumnTypeEnum.Int32 : ColumnTypeEnum.Bytes;
}

/** A stored value as Prisma reads it: 64-bit integers as text, Json as text also where SQLite stored a number. */
export function toResultValue(value: SqliteValue, type: ColumnType): ResultValue {
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return value;
  if (type === ColumnTypeEnum.Json) return String(value);
  if (type === ColumnTypeEnum.DateTime) return new Date(Number(value)).toISOString();
  if (type === ColumnTypeEnum.Boolean) return value !== 0n;
  if (typeof value === 'number') return value;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
}

/**
 * An argument of Prisma as SQLite stores it: instants as milliseconds since the epoch, booleans as 0 and 1.
 * Whatever is left over is refused here, since libsql 0.5.29 ends the process on types that it does not know.
 */
export function toSqliteValue(value: unknown, type: ArgType | undefined): SqliteValue {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint' || value instanceof Uint8Array) return value;
  if (typeof value === 'boolean') return value ? 1n : 0n;
  if (typeof value === 'number') return fromNumber(value, type);
  if (typeof value === 'string') return fromText(value, type);
  if (value instanceof Date) return BigInt(value.getTime());
  throw new DriverAdapterError({
    kind: 'InvalidInputValue',
    message: `SQLite cannot store a value of ${typeof value}`,
  });
}

const isReal = (type: ArgType | undefined): boolean => type?.scalarType === 'float' || type?.scalarType === 'decimal';

const fromNumber = (value: number, type: ArgType | undefined): SqliteValue =>
  Number.isSafeInteger(value) && !isReal(type) ? BigInt(value) : value;

/** Types that travel as text in Prisma's protocol and are stored as something else. */
const PARSERS: Readonly<Partial<Record<ArgScalarType, (text: string) => SqliteValue>>> = {
  bigint: BigInt,
  decimal: Number,
  datetime: (text) => BigInt(new Date(text).getTime()),
  bytes: (text) => Buffer.from(text, 'base64'),
};

function fromText(value: string, type: ArgType | undefined): SqliteValue {
  const parse = type && PARSERS[type.scalarType];
  return parse ? parse(value) : value;
}

import { describe, expect, it } from '@jest/globals';
import type { ArgScalarType, ArgType } from '@prisma/driver-adapter-utils';
import { ColumnTypeEnum } from '@prisma/driver-adapter-utils';
import type { SqliteValue } from './connection.js';
import { columnTypesOf, toResultValue, toSqliteValue } from './sqlite-values.js';

const scalar = (scalarType: ArgScalarType): ArgType => ({ scalarType, arity: 'scalar' });

const typesOf = (declaredTypes: string[], ...rows: SqliteValue[][]) =>
  columnTypesOf({ columns: declaredTypes.map((declaredType, index) => ({ name: `c${index}`, declaredType })), rows });

describe('columnTypesOf', () => {
  it('takes the declared type of a column', () => {
    expect(typesOf(['TEXT', 'BIGINT', 'BOOLEAN', 'JSONB', 'BLOB', 'REAL', 'DATETIME'])).toEqual([
      ColumnTypeEnum.Text,
      ColumnTypeEnum.Int64,
      ColumnTypeEnum.Boolean,
      ColumnTypeEnum.Json,
      ColumnTypeEnum.Bytes,
      ColumnTypeEnum.Double,
      ColumnTypeEnum.DateTime,
    ]);
  });

  it('reads an INTEGER as 64 bits, since sequences outgrow 32', () => {
    expect(typesOf(['integer'])).toEqual([ColumnTypeEnum.Int64]);
  });

  it('infers an expression from its first value that is not null', () => {
    expect(typesOf(['', '', '', ''], [null, null, null, null], ['a', 1n, 1.5, new Uint8Array([1])])).toEqual([
      ColumnTypeEnum.Text,
      ColumnTypeEnum.Int64,
      ColumnTypeEnum.Double,
      ColumnTypeEnum.Bytes,
    ]);
  });

  it('has a type for an expression that is null in every row', () => {
    expect(typesOf([''], [null])).toEqual([ColumnTypeEnum.Int32]);
  });
});

describe('toSqliteValue', () => {
  it('stores integers as bigint, since libsql would bind a number as REAL', () => {
    expect(toSqliteValue(5, scalar('int'))).toBe(5n);
    expect(toSqliteValue(5, undefined)).toBe(5n);
    expect(toSqliteValue('9007199254740993', scalar('bigint'))).toBe(9007199254740993n);
  });

  it('leaves real numbers real, also where they are whole', () => {
    expect(toSqliteValue(5, scalar('float'))).toBe(5);
    expect(toSqliteValue(1.5, undefined)).toBe(1.5);
    expect(toSqliteValue('2.25', scalar('decimal'))).toBe(2.25);
  });

  it('stores booleans as 0 and 1', () => {
    expect([true, false].map((value) => toSqliteValue(value, scalar('boolean')))).toEqual([1n, 0n]);
  });

  it('stores instants as milliseconds since the epoch', () => {
    expect(toSqliteValue(new Date(1500), undefined)).toBe(1500n);
    expect(toSqliteValue('1970-01-01T00:00:01.500Z', scalar('datetime'))).toBe(1500n);
  });

  it('stores bytes, which come as bytes or as base64', () => {
    expect(toSqliteValue(new Uint8Array([1, 2]), scalar('bytes'))).toEqual(new Uint8Array([1, 2]));
    expect(toSqliteValue('AQI=', scalar('bytes'))).toEqual(Buffer.from([1, 2]));
  });

  it('leaves other text alone, also where it looks like a number', () => {
    expect(toSqliteValue('007', scalar('string'))).toBe('007');
    expect(toSqliteValue('{"a":1}', scalar('json'))).toBe('{"a":1}');
  });

  it('stores nothing as null', () => {
    expect(toSqliteValue(undefined, undefined)).toBeNull();
    expect(toSqliteValue(null, scalar('int'))).toBeNull();
  });

  it('refuses what libsql would end the process for', () => {
    expect(() => toSqliteValue({ a: 1 }, undefined)).toThrow('cannot store');
    expect(() => toSqliteValue(Symbol('a'), undefined)).toThrow('cannot store');
  });
});

describe('toResultValue', () => {
  it('reads integers as numbers while those are exact, else as text', () => {
    expect(toResultValue(7n, ColumnTypeEnum.Int64)).toBe(7);
    expect(toResultValue(9007199254740993n, ColumnTypeEnum.Int64)).toBe('9007199254740993');
  });

  it('reads booleans', () => {
    expect([1n, 0n].map((value) => toResultValue(value, ColumnTypeEnum.Boolean))).toEqual([true, false]);
  });

  it('reads Json as text also where SQLite keeps it as a number', () => {
    expect(toResultValue(5n, ColumnTypeEnum.Json)).toBe('5');
    expect(toResultValue(1.5, ColumnTypeEnum.Json)).toBe('1.5');
  });

  it('reads milliseconds as an instant', () => {
    expect(toResultValue(1500n, ColumnTypeEnum.DateTime)).toBe('1970-01-01T00:00:01.500Z');
  });

  it('passes text, bytes and null', () => {
    expect(toResultValue('a', ColumnTypeEnum.Text)).toBe('a');
    expect(toResultValue(new Uint8Array([1]), ColumnTypeEnum.Bytes)).toEqual(new Uint8Array([1]));
    expect(toResultValue(null, ColumnTypeEnum.Json)).toBeNull();
  });
});

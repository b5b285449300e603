import { createPolicyRequest, type Fault, policy, policySpec, type PolicySpecView } from '@fairlead/api';
import { FairleadError } from '@fairlead/domain';
import { type Document, isMap, LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { explainIssue, type FileFault, offsetOf } from './file-issues.js';
import { explainByFlags, givenFlag } from './flag-faults.js';
import { type SpecFlags } from './spec-flags.js';

/** A policy as somebody wrote it down. */
export interface PolicyFile {
  readonly name: string | undefined;
  /** The version that it was made from, where it says that. */
  readonly version: number | undefined;
  readonly spec: PolicySpecView;
  /** Its mode where the file says one: that of the spec is `report` where it does not. */
  readonly mode: PolicySpecView['mode'] | undefined;
  /** What the controller finds wrong with it, by the places where that is written, or the flags that win over these. */
  readonly explain: (error: unknown, flags: SpecFlags) => unknown;
}

interface Source {
  readonly document: Document.Parsed;
  /** @param byFlag faults that are not in the file */
  readonly failed: (faults: readonly FileFault[], byFlag?: readonly Fault[]) => FairleadError;
}

const name = createPolicyRequest.shape.name.optional();
/** Name and spec side by side, as people write it. */
const flat = policySpec.extend({ name });
/** As `policy inspect` shows it. */
const whole = policy.partial().extend({ name, spec: policySpec }).strict();

/**
 * Reads YAML, of which JSON is a part.
 * @param file its name, for messages
 * @throws FairleadError `invalid_argument` with a fault for everything that is wrong, each with line and column.
 */
export function readPolicyFile(text: string, file: string): PolicyFile {
  const source = parseSource(text, file);
  if (isMap(source.document.get('spec', true))) {
    const { name, version, spec } = check(source, whole);
    return { name, version, spec, mode: modeOf(source, spec, 'spec'), explain: explainer(source, 0) };
  }
  const { name, ...spec } = check(source, flat);
  return { name, version: undefined, spec, mode: modeOf(source, spec), explain: explainer(source, 1) };
}

/** @param within the field of the file that the spec is in */
const modeOf = ({ document }: Source, { mode }: PolicySpecView, ...within: readonly string[]): PolicyFile['mode'] =>
  document.hasIn([...within, 'mode']) ? mode : undefined;

function parseSource(text: string, file: string): Source {
  const lineCounter = new LineCounter();
  // Its pretty messages come with lines of the text.
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const failed: Source['failed'] = (faults, byFlag = []) => invalid(file, faults, byFlag, lineCounter);
  const syntax = document.errors.map(({ pos: [offset], code, message }) => ({
    offset,
    message:
      code === 'MULTIPLE_DOCS' ? 'here another document begins: one policy a file' : `this is not YAML: ${message}`,
  }));
  if (syntax.length > 0) throw failed(syntax);
  if (!isMap(document.contents)) throw failed([{ offset: 0, message: 'this is not a policy: it has no fields' }]);
  return { document, failed };
}

function invalid(
  file: string,
  faults: readonly FileFault[],
  byFlag: readonly Fault[],
  lines: LineCounter,
): FairleadError {
  const placed = [...faults]
    .sort((a, b) => a.offset - b.offset)
    .map(({ offset, message }) => {
      const { line, col } = lines.linePos(offset);
      // An empty text has no lines.
      return { path: `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`, message };
    });
  const all = [...placed, ...byFlag];
  const what = `${file}${byFlag.length === 0 ? '' : ' with these flags'} is no valid policy`;
  const count = all.length === 1 ? 'one fault' : `${all.length} faults`;
  return new FairleadError('invalid_argument', `${what}, it has ${count}`, { faults: all });
}

function check<S extends z.ZodType>({ document, failed }: Source, schema: S): z.output<S> {
  const { data, error } = schema.safeParse(valueOf(document, failed));
  if (error === undefined) return data;
  throw failed(error.issues.flatMap((issue) => explainIssue(issue, schema, document)));
}

function valueOf(document: Document.Parsed, failed: Source['failed']): unknown {
  try {
    return document.toJS();
  } catch (error) {
    // An alias to nothing, or too many of them.
    throw failed([
      { offset: 0, message: `this is not YAML: ${error instanceof Error ? error.message : String(error)}` },
    ]);
  }
}

/** @param outside how many keys of a fault's path are not written in the file */
const explainer =
  ({ document, failed }: Source, outside: number): PolicyFile['explain'] =>
  (error, flags) => {
    const faults = error instanceof FairleadError ? (error.faults ?? []) : [];
    if (faults.length === 0 || !faults.every(({ path }) => path.startsWith('/spec/'))) return error;
    const written = faults.filter(({ path }) => givenFlag(path, flags) === undefined);
    if (written.length === 0) return explainByFlags(error);
    const placed = written.map(({ path, message }) => {
      const keys = path.split('/').slice(1 + outside);
      return { offset: offsetOf(keys, document), message: `${keys.join('.')}: ${message}` };
    });
    const byFlag = faults.flatMap(({ path, message }) => {
      const flag = givenFlag(path, flags);
      return flag === undefined ? [] : [{ path: flag, message }];
    });
    return failed(placed, byFlag);
  };

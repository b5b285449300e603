import { type AuditVerdictView } from '@fairlead/api';

export type Fault = AuditVerdictView['faults'][number];
export type FaultKind = Fault['kind'];

/**
 * The first fault of each kind, in order of seq. What an agent claims without a signature is a kind of its own, so
 * that it never hides a fault of the controller's own rows.
 */
export class Faults {
  private readonly first = new Map<string, Fault>();

  add(fault: Fault): void {
    const key = isHearsay(fault) ? 'hearsay' : fault.kind;
    const known = this.first.get(key);
    if (known === undefined || fault.seq < known.seq) this.first.set(key, fault);
  }

  all(): Fault[] {
    return [...this.first.values()].sort((a, b) => a.seq - b.seq);
  }
}

/** Something that an agent said and nobody has signed: it says nothing about the audit. */
export const isHearsay = ({ kind, witness }: Fault): boolean => kind === 'signature' && witness !== null;

import { matchesSelector, type Selector } from '@fairlead/domain';
import { effectiveLabels, type Labelled } from '../hosts/effective-labels.js';

/**
 * The hosts that a caller may know of. It is an argument of everything that reads for a caller, never an ambient
 * value, so that a forgotten one does not compile.
 */
export class HostScope {
  /** Of callers without bounds, and of the controller's own work. */
  static readonly all = new HostScope([]);

  private constructor(private readonly selector: Selector) {}

  static of(selector: Selector): HostScope {
    return selector.length === 0 ? HostScope.all : new HostScope(selector);
  }

  get everything(): boolean {
    return this.selector.length === 0;
  }

  /** @param host undefined: one that is no longer known, and so has no labels to judge it by */
  includes(host: Labelled | undefined): boolean {
    if (this.everything) return true;
    return host !== undefined && matchesSelector(this.selector, effectiveLabels(host));
  }
}

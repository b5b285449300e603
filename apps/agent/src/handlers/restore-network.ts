import type { NetworkAttributes } from '@fairlead/domain';
import type { RestoreNetworkResponse } from '@fairlead/link';
import { refuseConflicts } from '../restore/conflicts.js';
import { findRecord } from '../restore/find-record.js';
import { lookAhead, restoreRecord } from '../restore/restore-record.js';
import { type Handler, runOnce } from './deps.js';

export const restoreNetwork: Handler<'RestoreNetwork', Promise<RestoreNetworkResponse>> =
  (deps) => (request, context) =>
    runOnce(deps, 'RestoreNetwork', request, context, async (scope) => {
      const { engine, policy, journal, timing } = deps;
      await policy.check({ verb: 'restore' });
      const subject = await findRecord(journal, request);
      const { network, present, conflicts } = await lookAhead(engine, subject, request);
      await policy.check({ verb: 'restore', network });
      // Nothing is made then: containers are put on a network that is there, which may be a protected one.
      const mayAttachTo = (found: NetworkAttributes) => policy.check({ verb: 'connect', network: found });
      if (present !== undefined) await mayAttachTo(present);
      refuseConflicts(network, conflicts);
      await scope.begin({ what: `restore network ${network.name}` });
      return restoreRecord({ engine, timing, mayAttachTo }, subject, request, scope);
    });

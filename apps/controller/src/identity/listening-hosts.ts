import { lookup } from 'node:dns/promises';
import { type HostAddRequest, type NewJoinTokenView } from '@fairlead/api';
import {
  type AddressRange,
  checkDialable,
  type DialAddress,
  FairleadError,
  formatDialAddress,
  parseDialAddress,
} from '@fairlead/domain';
import { v7 as uuidv7 } from 'uuid';
import { type Clock } from '../clock.js';
import { type HostsStore } from '../hosts/hosts.store.js';
import { type Actor } from '../operations/operation.js';
import { type FleetAtEnrolment } from './enrolment.js';
import { type IdentitiesStore } from './identities.store.js';
import { pendingIdentity } from './identity.js';
import { type JoinTokensService } from './join-tokens.service.js';
import { type JoinTokensStore } from './join-tokens.store.js';

const TOKEN_LIFE_MS = 3_600_000;

/** All addresses of a name. */
export type Resolve = (name: string) => Promise<readonly string[]>;

export const resolveName: Resolve = async (name) =>
  (await lookup(name, { all: true, verbatim: true })).map(({ address }) => address);

/** Adds hosts whose agents listen: they are dialled from then on. */
export class ListeningHosts {
  constructor(
    private readonly identities: IdentitiesStore,
    private readonly hosts: HostsStore,
    private readonly tokens: JoinTokensService,
    private readonly tokenRows: JoinTokensStore,
    private readonly fleet: FleetAtEnrolment,
    private readonly ranges: readonly AddressRange[],
    private readonly now: Clock,
    private readonly resolve: Resolve = resolveName,
  ) {}

  /**
   * Makes the identity, without a key as yet, and the token that its agent joins by. A name is resolved here and never
   * again, so that whoever rules over the name cannot move the controller elsewhere later.
   * @throws FairleadError `forbidden`, `unsupported`, `invalid_argument` for the address; `already_exists` for the name
   */
  async add(request: HostAddRequest, actor: Actor): Promise<NewJoinTokenView> {
    const given = parseDialAddress(request.address);
    const address = await this.pin(given);
    return this.fleet.exclusively(request.name, () => this.write(request, given, address, actor));
  }

  private async pin(given: DialAddress): Promise<string> {
    // Asked without an address first, so that nothing is resolved for who may dial nothing.
    if (this.ranges.length === 0) checkDialable([], this.ranges);
    const found = given.literal ? [given.host] : await this.addressesOf(given.host);
    const [first = ''] = checkDialable(found, this.ranges);
    return formatDialAddress({ host: first, port: given.port });
  }

  private async addressesOf(name: string): Promise<readonly string[]> {
    try {
      return await this.resolve(name);
    } catch (cause) {
      throw new FairleadError('invalid_argument', `The name '${name}' cannot be resolved on the controller's machine`, {
        hint: 'Give the address itself, or see that the name is known there.',
        cause,
      });
    }
  }

  private async write(
    request: HostAddRequest,
    given: DialAddress,
    address: string,
    actor: Actor,
  ): Promise<NewJoinTokenView> {
    const { name: hostName, labels } = request;
    this.tokens.assertFree(hostName);
    const { token, text } = this.tokens.make({ labels, hostName, maxUses: 1, lifeMs: TOKEN_LIFE_MS }, actor);
    const addressAsGiven = formatDialAddress(given);
    const fresh = { id: uuidv7({ msecs: this.now() }), hostName, labels, joinTokenId: token.id, createdAt: this.now() };
    const identity = { ...pendingIdentity(fresh), address, addressAsGiven };
    const target = { agentId: identity.id, joinToken: token.id };
    const detail = { address, addressAsGiven, labels };
    const record = {
      at: this.now(),
      actor,
      action: 'host.add',
      hostName,
      target,
      operationId: null,
      outcome: 'done',
      detail,
    };
    const expected = { name: hostName, labels, peer: address };
    const statements = [this.tokenRows.insertion(token), this.hosts.expectation(expected, this.now())];
    await this.identities.add(identity, [record], statements);
    await this.hosts.reload(hostName);
    this.fleet.hostChanged(hostName);
    // What a name leads to on the host itself is anybody's guess.
    const listen = given.literal ? addressAsGiven : formatDialAddress({ host: '0.0.0.0', port: given.port });
    return this.tokens.shown(token, text, { name: hostName, listen });
  }
}

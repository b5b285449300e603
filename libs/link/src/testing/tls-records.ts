import { createCipheriv, createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { connect } from 'node:tls';
import type { TlsIdentity } from '../peer.js';

const [HANDSHAKE, KEY_UPDATE, UPDATE_REQUESTED] = [22, 24, 1] as const;

/** Records of TLS 1.3 written by hand, after a handshake by Node: Node itself cannot ask for new keys. */
export class TlsRecords {
  private sequence = 0;

  private constructor(
    readonly socket: Socket,
    private secret: Buffer,
  ) {}

  static async open(socket: Socket, own?: Partial<TlsIdentity>): Promise<TlsRecords> {
    const below = new Duplex({
      read: () => undefined,
      write: (part, _encoding, done) => void socket.write(part as Buffer, () => done()),
    });
    socket.on('data', (part: Buffer) => below.push(part)).on('error', () => {});
    const secured = connect({
      socket: below,
      cert: own?.certificateChain,
      key: own?.privateKey,
      rejectUnauthorized: false,
      ALPNProtocols: ['h2'],
      ciphers: 'TLS_AES_128_GCM_SHA256',
    });
    secured.on('error', () => {});
    let secret = Buffer.alloc(0);
    secured.on('keylog', (line: Buffer) => {
      const [label, , value = ''] = line.toString().trim().split(' ');
      if (label === 'CLIENT_TRAFFIC_SECRET_0') secret = Buffer.from(value, 'hex');
    });
    await once(secured, 'secureConnect');
    return new TlsRecords(socket, secret);
  }

  /** Asks for new keys `times` times, each time in the keys of the time before. */
  updateKeys(times: number): void {
    const records: Buffer[] = [];
    for (let n = 0; n < times; n++) {
      records.push(this.record(Buffer.from([KEY_UPDATE, 0, 0, 1, UPDATE_REQUESTED, HANDSHAKE])));
      this.secret = this.expand('traffic upd', 32);
      this.sequence = 0;
    }
    this.socket.write(Buffer.concat(records));
  }

  /** @param inner content and its type */
  private record(inner: Buffer): Buffer {
    const head = Buffer.from([23, 3, 3, 0, 0]);
    head.writeUInt16BE(inner.length + 16, 3);
    const nonce = this.expand('iv', 12);
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.sequence++) >>> 0, 8);
    const cipher = createCipheriv('aes-128-gcm', this.expand('key', 16), nonce).setAAD(head);
    return Buffer.concat([head, cipher.update(inner), cipher.final(), cipher.getAuthTag()]);
  }

  /** HKDF-Expand-Label of RFC 8446, for at most one block. */
  private expand(label: string, length: number): Buffer {
    const name = Buffer.from(`tls13 ${label}`);
    const info = Buffer.concat([Buffer.from([0, length, name.length]), name, Buffer.from([0, 1])]);
    return createHmac('sha256', this.secret).update(info).digest().subarray(0, length);
  }
}

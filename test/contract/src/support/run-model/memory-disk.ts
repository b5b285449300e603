import { type LifeOptions } from '@fairlead/agent/handler-rig';

export type OpenFile = NonNullable<LifeOptions['openFile']>;
export type Handle = Awaited<ReturnType<OpenFile>>;

/** A journal's file that outlives its agents. What is written is there at once, so that a history depends on its seed alone. */
export class MemoryDisk {
  private bytes = Buffer.from(`${JSON.stringify({ t: 'journal', v: 1, id: 'a-journal', at: 0 })}\n`);

  /** The operation that said last that it is about to remove a network: it is written down before every DELETE. */
  remover(networkId: string): string | undefined {
    const lines = this.bytes.toString('utf8').split('\n');
    const line = lines.findLast((each) => each.startsWith('{"t":"removing"') && each.includes(networkId));
    return line === undefined ? undefined : (JSON.parse(line) as { op: string }).op;
  }

  open(): Handle {
    return {
      write: async (bytes, offset, length, position) => {
        const end = Math.max(this.bytes.length, position + length);
        if (end > this.bytes.length) this.bytes = Buffer.concat([this.bytes, Buffer.alloc(end - this.bytes.length)]);
        bytes.copy(this.bytes, position, offset, offset + length);
        return { bytesWritten: length };
      },
      read: async (bytes, offset, length, position) => {
        const bytesRead = this.bytes.copy(bytes, offset, position, Math.min(this.bytes.length, position + length));
        return { bytesRead };
      },
      datasync: async () => undefined,
      truncate: async (length) => void (this.bytes = this.bytes.subarray(0, length)),
      close: async () => undefined,
    };
  }
}

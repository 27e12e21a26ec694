import Dexie from 'dexie'

import { isRecorded, type RecordingFiles } from '../recording/files'
import type { Bytes } from './bytes'
import { PIECE, type Database } from './database'

/** Sealed bodies, in pieces of `PIECE` bytes, so that none ever stands in memory whole. */
export class Bodies {
  /** `recorded` holds the bodies that were sealed while they were recorded. */
  constructor(
    private readonly database: Database,
    private readonly recorded: RecordingFiles | null = null,
  ) {}

  /** Writes the next bytes of a body piece by piece; `finish` writes the rest and returns the size. */
  writer(body: string): PieceWriter {
    return new PieceWriter(this.database, body)
  }

  /** Whether all `size` bytes of a body lie here. Also for use inside a transaction. */
  async complete(body: string, size: number): Promise<boolean> {
    const count = await this.database.bodies.where('[body+index]').between([body, Dexie.minKey], [body, Dexie.maxKey]).count()
    return count === Math.ceil(size / PIECE)
  }

  /** The bytes of a body from `from` (inclusive) to `to` (exclusive). Raises `RangeError` beyond its end. */
  async read(body: string, from: number, to: number): Promise<Bytes> {
    if (isRecorded(body) && this.recorded !== null) return this.recorded.read(body, from, to)
    const bytes = new Uint8Array(to - from)
    for (let at = from; at < to; ) {
      const index = Math.floor(at / PIECE)
      const piece = (await this.database.bodies.get([body, index]))?.bytes
      const part = piece?.subarray(at - index * PIECE, to - index * PIECE)
      if (part === undefined || part.length === 0) throw new RangeError('the body ends before')
      bytes.set(part, at - from)
      at += part.length
    }
    return bytes
  }

  /** Removes bodies that no item names, as a kill in the middle of finishing leaves them. */
  async sweep(): Promise<void> {
    const { bodies, items } = this.database
    await this.database.transaction('rw', bodies, items, async () => {
      const known = new Set((await items.orderBy('body').keys()) as string[])
      const keys = await bodies.toCollection().primaryKeys()
      await bodies.bulkDelete(keys.filter(([body]) => !known.has(body)))
    })
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.recorded?.remove(ids.filter(isRecorded))
    for (const body of ids) {
      await this.database.bodies.where('[body+index]').between([body, Dexie.minKey], [body, Dexie.maxKey]).delete()
    }
  }
}

/** Gathers bytes to pieces of `PIECE` bytes and writes each as soon as it is full. */
export class PieceWriter {
  private readonly buffer = new Uint8Array(PIECE)
  private filled = 0
  private index = 0
  private size = 0

  constructor(
    private readonly database: Database,
    private readonly body: string,
  ) {}

  async write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const part = bytes.subarray(at, at + PIECE - this.filled)
      this.buffer.set(part, this.filled)
      this.filled += part.length
      at += part.length
      if (this.filled === PIECE) await this.flush()
    }
    this.size += bytes.length
  }

  /** Writes what is left. The result is the body's size in bytes. */
  async finish(): Promise<number> {
    if (this.filled > 0) await this.flush()
    return this.size
  }

  private async flush(): Promise<void> {
    const row = { body: this.body, index: this.index, bytes: this.buffer.slice(0, this.filled) }
    await this.database.bodies.add(row)
    this.index += 1
    this.filled = 0
  }
}

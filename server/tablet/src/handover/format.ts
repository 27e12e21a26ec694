/** The hand-over file: header, items, trailer (deploy/docs/protocol.md, Hand-over file). */
import { sha256 } from '@hpke/common'

import { canonical } from '../envelope'
import { u32 } from '../envelope/encoding'
import { join, utf8, type Bytes } from '../store/bytes'

const MAGIC = utf8('FBH\x01')

export interface About {
  readonly study: string
  readonly device: string
  readonly at: string
  readonly count: number
}

/** An item whose body is read in pieces. */
export interface FileItem {
  readonly cover: Bytes
  readonly size: number
  readonly read: (from: number, to: number) => Promise<Bytes>
}

/** Bytes of a body that are read at once. */
const READ_SIZE = 1024 * 1024

/** The bytes of a whole file, piece by piece. Raises `RangeError` when another number of items comes than announced. */
export async function* handoverFile(about: About, items: AsyncIterable<FileItem>): AsyncGenerator<Bytes, void, undefined> {
  const hash = sha256.create()
  const hashed = (bytes: Bytes): Bytes => {
    hash.update(bytes)
    return bytes
  }
  const header = canonical({ v: 1, ...about })
  yield hashed(join([MAGIC, u32(header.length), header]))
  let count = 0
  for await (const { cover, size, read } of items) {
    yield hashed(join([u32(cover.length), cover, u32(size)]))
    for (let at = 0; at < size; at += READ_SIZE) yield hashed(await read(at, Math.min(at + READ_SIZE, size)))
    count += 1
  }
  if (count !== about.count) throw new RangeError('another number of items than announced')
  yield join([u32(0), u32(count), hash.digest()])
}

/** Bytes that an item takes in a file. */
export function framed(coverSize: number, size: number): number {
  return 8 + coverSize + size
}

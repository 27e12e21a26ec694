/** Recordings in memory, sealed and closed by the same code as in the worker. */
import { join, type Bytes } from '../../store/bytes'
import type { ClosedBody, Handle } from '../body_file'
import type { RecordingFiles } from '../files'
import { Shop } from '../shop'

/** A file in memory, with so many bytes of room. */
export class MemoryHandle implements Handle {
  bytes: Bytes = new Uint8Array(0)
  flushed = 0

  constructor(public room = Infinity) {}

  read(into: Uint8Array, { at }: { readonly at: number }): number {
    const part = this.bytes.subarray(at, at + into.length)
    into.set(part)
    return part.length
  }

  write(bytes: Uint8Array, { at }: { readonly at: number }): number {
    const taken = bytes.subarray(0, Math.max(0, Math.min(bytes.length, this.room - at)))
    this.bytes = join([this.bytes.subarray(0, at), taken, this.bytes.subarray(at + taken.length)])
    return taken.length
  }

  truncate(size: number): void {
    this.bytes = this.bytes.slice(0, size)
  }

  getSize(): number {
    return this.bytes.length
  }

  flush(): void {
    this.flushed = this.bytes.length
  }

  close(): void {
    // Nothing is held.
  }
}

export class MemoryFiles implements RecordingFiles {
  readonly handles = new Map<string, MemoryHandle>()
  /** Bytes that still fit, as far as somebody asks. */
  room = Infinity
  readonly #shop = new Shop((id) => {
    const found = this.handles.get(id) ?? new MemoryHandle()
    this.handles.set(id, found)
    return Promise.resolve(found)
  })

  begin(id: string, key: Bytes, type: string): Promise<void> {
    return this.#shop.begin(id, key, type)
  }

  append(id: string, slice: Bytes): Promise<number> {
    return this.#shop.append(id, slice)
  }

  release(id: string): Promise<void> {
    return Promise.resolve(this.#shop.release(id))
  }

  close(id: string, key: Bytes, type: string): Promise<ClosedBody | null> {
    return this.#shop.close(id, key, type)
  }

  sound(id: string, key: Bytes, type: string, from: number, to: number): Promise<Bytes> {
    return this.#shop.sound(id, key, type, from, to)
  }

  fits(bytes: number): Promise<boolean> {
    return Promise.resolve(bytes <= this.room)
  }

  read(id: string, from: number, to: number): Promise<Bytes> {
    const bytes = this.handles.get(id)?.bytes
    if (bytes === undefined || to > bytes.length) return Promise.reject(new RangeError('the body ends before'))
    return Promise.resolve(bytes.slice(from, to))
  }

  size(id: string): Promise<number | null> {
    return Promise.resolve(this.handles.get(id)?.bytes.length ?? null)
  }

  list(): Promise<readonly string[]> {
    return Promise.resolve([...this.handles.keys()])
  }

  remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) this.handles.delete(id)
    return Promise.resolve()
  }
}

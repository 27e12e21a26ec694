/** Keeps the files that are open and does one thing at a time: what the worker does, and a test without one. */
import { EnvelopeError } from '../envelope'
import type { Bytes } from '../store/bytes'
import { BodyFile, closeBody, readSound, type ClosedBody, type Handle, type Pieces } from './body_file'

/** Opens a file by its id for this worker alone; makes it where it is not there yet. */
export type OpenHandle = (id: string) => Promise<Handle>

/** A file that is always empty, and swept away when nobody asks. */
const PROBE = 'probe'

export class Shop {
  readonly #running = new Map<string, BodyFile>()
  /** What was read whole since this worker began: an hour of sound is not read again each time that it is shown. */
  readonly #closed = new Map<string, { readonly body: ClosedBody; readonly pieces: Pieces }>()

  constructor(private readonly open: OpenHandle) {}

  async begin(id: string, contentKey: Bytes, contentType: string): Promise<void> {
    const handle = await this.open(id)
    if (handle.getSize() > 0) {
      handle.close()
      throw new RangeError('a body is written once')
    }
    this.#running.set(id, await BodyFile.create(handle, contentKey, contentType))
  }

  async append(id: string, slice: Bytes): Promise<number> {
    const file = this.#running.get(id)
    if (file === undefined) throw new RangeError('the recording does not run')
    return file.append(slice)
  }

  release(id: string): void {
    this.#running.get(id)?.release()
    this.#running.delete(id)
  }

  /** Asks for the room with a file that is as large for a moment, without its bytes being written. */
  async fits(bytes: number): Promise<boolean> {
    const handle = await this.open(PROBE)
    try {
      handle.truncate(bytes)
      return true
    } catch (error) {
      if (error instanceof Error && error.name === 'QuotaExceededError') return false
      throw error
    } finally {
      handle.truncate(0)
      handle.close()
    }
  }

  async close(id: string, contentKey: Bytes, contentType: string): Promise<ClosedBody | null> {
    this.release(id)
    const handle = await this.open(id)
    try {
      const known = this.#closed.get(id)
      if (known?.body.sealed.size === handle.getSize()) return known.body
      const closed = await closeBody(handle, contentKey, contentType)
      this.#closed.set(id, closed)
      return closed.body
    } catch (error) {
      if (error instanceof EnvelopeError && error.code === 'envelope.body.malformed') return null
      throw error
    } finally {
      handle.close()
    }
  }

  async sound(id: string, contentKey: Bytes, contentType: string, from: number, to: number): Promise<Bytes> {
    if (!this.#closed.has(id)) await this.close(id, contentKey, contentType)
    const handle = await this.open(id)
    try {
      return await readSound(handle, contentKey, this.#closed.get(id)?.pieces ?? [], from, to)
    } finally {
      handle.close()
    }
  }
}

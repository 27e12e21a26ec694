/** Recordings in the origin's private file system: written by a worker, read here. */
import type { Bytes } from '../store/bytes'
import type { ClosedBody } from './body_file'
import type { RecordingFiles } from './files'
import { FOLDER, type Answer, type Work } from './wire'

interface Waiting {
  readonly resolve: (value: unknown) => void
  readonly reject: (error: Error) => void
}

export class OpfsFiles implements RecordingFiles {
  #worker: Worker | null = null
  #calls = 0
  readonly #waiting = new Map<number, Waiting>()

  constructor(private readonly storage: Pick<StorageManager, 'getDirectory'>) {}

  async begin(id: string, key: Bytes, type: string): Promise<void> {
    await this.#ask({ work: 'begin', id, key, type })
  }

  async append(id: string, slice: Bytes): Promise<number> {
    return (await this.#ask({ work: 'append', id, slice }, [slice.buffer])) as number
  }

  async release(id: string): Promise<void> {
    await this.#ask({ work: 'release', id })
  }

  async fits(bytes: number): Promise<boolean> {
    return (await this.#ask({ work: 'fits', bytes })) as boolean
  }

  async close(id: string, key: Bytes, type: string): Promise<ClosedBody | null> {
    return (await this.#ask({ work: 'close', id, key, type })) as ClosedBody | null
  }

  async sound(id: string, key: Bytes, type: string, from: number, to: number): Promise<Bytes> {
    return (await this.#ask({ work: 'sound', id, key, type, from, to })) as Bytes
  }

  async read(id: string, from: number, to: number): Promise<Bytes> {
    const file = await this.#file(id)
    if (file === null || to > file.size) throw new RangeError('the body ends before')
    return new Uint8Array(await file.slice(from, to).arrayBuffer())
  }

  async size(id: string): Promise<number | null> {
    return (await this.#file(id))?.size ?? null
  }

  async list(): Promise<readonly string[]> {
    const found: string[] = []
    for await (const name of (await this.#folder()).keys()) found.push(name)
    return found
  }

  async remove(ids: readonly string[]): Promise<void> {
    const folder = await this.#folder()
    for (const id of ids) await folder.removeEntry(id).catch(ignoreUnremovable)
  }

  async #folder(): Promise<FileSystemDirectoryHandle> {
    return (await this.storage.getDirectory()).getDirectoryHandle(FOLDER, { create: true })
  }

  async #file(id: string): Promise<File | null> {
    try {
      return await (await (await this.#folder()).getFileHandle(id)).getFile()
    } catch (error) {
      ignoreMissing(error)
      return null
    }
  }

  #ask(work: Work, transfer: Transferable[] = []): Promise<unknown> {
    this.#worker ??= this.#start()
    const call = (this.#calls += 1)
    const answered = new Promise<unknown>((resolve, reject) => this.#waiting.set(call, { resolve, reject }))
    this.#worker.postMessage({ ...work, call }, transfer)
    return answered
  }

  #start(): Worker {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'recording' })
    worker.addEventListener('message', ({ data }: MessageEvent<Answer>) => {
      const waiting = this.#waiting.get(data.call)
      this.#waiting.delete(data.call)
      if ('error' in data) waiting?.reject(Object.assign(new Error(data.error.message), { name: data.error.name }))
      else waiting?.resolve(data.value)
    })
    worker.addEventListener('error', () => {
      for (const { reject } of this.#waiting.values()) reject(new Error('the worker has failed'))
      this.#waiting.clear()
      worker.terminate()
      this.#worker = null
    })
    return worker
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof DOMException) || error.name !== 'NotFoundError') throw error
}

/** What another tab writes is removed by a later sweep. */
function ignoreUnremovable(error: unknown): void {
  if (!(error instanceof DOMException) || error.name !== 'NoModificationAllowedError') ignoreMissing(error)
}

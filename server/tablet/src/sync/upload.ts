import type { Bytes } from '../store/bytes'
import type { ItemRow } from '../store/database'
import { Malformed, PlaceError } from './failures'
import type { Answer } from './http'
import type { Session } from './session'
import { readJson, readWord, type Word } from './words'

const PATCH_MS = 180_000
/** How often an upload may find another offset than it thought before the round gives up. */
const CORRECTIONS = 5
const TUS = { 'Tus-Resumable': '1.0.0' }

/** One item by tus 1.0.0 (core and creation), resumed where the place says it stands. */
export class Upload {
  private readonly path: string

  constructor(
    private readonly session: Session,
    private readonly item: ItemRow,
    private readonly cover: Bytes,
    private readonly read: (from: number, to: number) => Promise<Bytes>,
    /** Called before each piece with what has arrived; false pauses, and a later round goes on there. */
    private readonly between: (offset: number) => Promise<boolean>,
  ) {
    this.path = `/sync/files/${item.hash}`
  }

  /** The place's word, or null when it was paused. Raises `PlaceError` when the place refuses, `Unreachable` when it breaks off. */
  async run(): Promise<Word | null> {
    let offset = (await this.offset()) ?? (await this.create())
    const { patchBytes } = this.session.welcome.limits
    for (let corrections = 0; offset < this.item.size; ) {
      if (!(await this.between(offset))) return null
      const next = Math.min(offset + patchBytes, this.item.size)
      let answer: Answer
      try {
        answer = await this.patch(offset, await this.read(offset, next))
      } catch (error) {
        if (!(error instanceof PlaceError) || error.status !== 409 || corrections === CORRECTIONS) throw error
        corrections += 1
        offset = (await this.offset()) ?? (await this.create())
        continue
      }
      offset = next
      if (answer.headers.get('Feldbuch-State') === 'held') return { state: 'held', code: null, receipt: null }
    }
    // Whole, but the last answer was lost, or says more than a header can hold.
    return readWord(readJson((await this.session.call(`${this.path}/answer`, {})).bytes))
  }

  /** Where the upload stands, or null when the place knows none. */
  private async offset(): Promise<number | null> {
    let answer: Answer
    try {
      answer = await this.session.call(this.path, { method: 'HEAD', headers: TUS })
    } catch (error) {
      if (error instanceof PlaceError && (error.status === 404 || error.status === 410)) return null
      throw error
    }
    const offset = Number(answer.headers.get('Upload-Offset') ?? NaN)
    if (!Number.isSafeInteger(offset) || offset < 0 || offset > this.item.size) throw new Malformed('offset')
    return offset
  }

  private async create(): Promise<number> {
    const headers = {
      ...TUS,
      'Upload-Length': String(this.item.size),
      'Upload-Metadata': `cover ${base64(this.cover)}`,
    }
    await this.session.call('/sync/files', { method: 'POST', headers })
    return 0
  }

  private patch(offset: number, bytes: Bytes): Promise<Answer> {
    const headers = { ...TUS, 'Upload-Offset': String(offset), 'Content-Type': 'application/offset+octet-stream' }
    return this.session.call(this.path, { method: 'PATCH', headers, body: bytes, timeout: PATCH_MS })
  }
}

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}

import type { SealedBody } from '../envelope'
import { TabletError } from '../services'
import { fromUtf8, hex, randomBytes, randomId, utf8, type Bytes } from '../store/bytes'
import type { Database, RecordingRow } from '../store/database'
import type { Gate } from '../store/gate'
import { openFor, sealFor } from '../store/sealed'
import type { ClosedBody } from './body_file'
import { isRecorded, recordedId, type RecordingFiles } from './files'
import type { LogEntry } from './log'

/** What is known of a part: sealed under the key of drafts, since it holds the keys of the sound. */
interface About {
  /** File name that the answer holds; the same for all parts of a recording. */
  readonly answer: string
  readonly number: number
  readonly contentType: string
  readonly key: string
  readonly logKey: string
}

/** A part that was just begun, with keys that outlast a lock of the app. */
export interface BegunPart {
  readonly id: string
  readonly key: Bytes
  readonly contentType: string
  readonly logKey: CryptoKey
}

/** A part that no longer runs: its body is closed, all of it was read. */
export interface RecordedPart {
  readonly id: string
  readonly name: string
  readonly contentType: string
  readonly key: Bytes
  readonly body: ClosedBody
  readonly log: readonly LogEntry[]
}

/** What an attachment needs for its cover and its line in the manifest. */
export interface RecordedAttachment {
  readonly name: string
  readonly contentType: string
  readonly sha256: string
  readonly size: number
  readonly body: string
  readonly sealed: SealedBody
}

/** The finished recording: its parts, and what was noted beside them. */
export interface FinishedRecording {
  readonly parts: readonly RecordedAttachment[]
  readonly notes: { readonly name: string; readonly contentType: string; readonly bytes: Bytes }
}

/** Whoever records: a recording ends before its draft is sealed or goes. */
export interface Running {
  stopFor(draft: string, answer?: string): Promise<void>
}

/** The index of recordings: which files belong to which answer of which draft, and the keys to open them. */
export class Recordings {
  running: Running | null = null

  constructor(
    private readonly database: Database,
    private readonly gate: Gate,
    readonly files: RecordingFiles,
  ) {}

  /**
   * Notes a new part of the recording that `answer` names, and begins its file. `drafts` is the key that the index is
   * sealed under, where the tablet may be locked meanwhile. Raises `draft.unknown`.
   */
  async begin(draft: string, answer: string, contentType: string, drafts = this.gate.open().drafts): Promise<BegunPart> {
    const id = recordedId(randomId())
    const [key, rawLogKey] = [randomBytes(32), randomBytes(32)]
    const number = 1 + Math.max(0, ...(await this.rows(draft, answer, drafts)).map(({ about }) => about.number))
    const about: About = { answer, number, contentType, key: hex(key), logKey: hex(rawLogKey) }
    const row = { id, draft, about: await sealFor(drafts, aboutPlace(draft, id), utf8(JSON.stringify(about))), log: null }
    const { database } = this
    await database.transaction('rw', database.drafts, database.recordings, async () => {
      if ((await database.drafts.get(draft)) === undefined) throw new TabletError('draft.unknown')
      await database.recordings.add(row)
    })
    await this.files.begin(id, key, contentType)
    return { id, key, contentType, logKey: await importLogKey(rawLogKey) }
  }

  /** Keeps what happened beside a part. Needs no open tablet: a recording may go on while the app is locked. */
  async keepLog(id: string, logKey: CryptoKey, log: readonly LogEntry[]): Promise<void> {
    const sealed = await sealFor(logKey, logPlace(id), utf8(JSON.stringify(log)))
    await this.database.recordings.where('id').equals(id).modify({ log: sealed })
  }

  /** Whether an answer of a draft names a recording. */
  async has(draft: string, answer: string): Promise<boolean> {
    return (await this.rows(draft, answer)).length > 0
  }

  /**
   * The parts of a recording that does not run, in order; those that hold no sound are left out. A part that a kill
   * left open is closed. Raises `storage.lost` when a file is gone.
   */
  async parts(draft: string, answer: string): Promise<readonly RecordedPart[]> {
    const found: RecordedPart[] = []
    for (const { row, about } of await this.rows(draft, answer)) {
      const { contentType } = about
      const key = unhex(about.key)
      const body = (await this.files.size(row.id)) === null ? null : await this.files.close(row.id, key, contentType)
      if (body === null || body.size === 0) continue
      const name = partName(answer, found.length + 1)
      found.push({ id: row.id, name, contentType, key, body, log: await this.log(row, about) })
    }
    return found
  }

  /** The recording as it goes into the record, or null where `answer` names none. Raises `attachment.unknown` when it holds no sound. */
  async finished(draft: string, answer: string): Promise<FinishedRecording | null> {
    if (!(await this.has(draft, answer))) return null
    await this.running?.stopFor(draft)
    const parts = await this.parts(draft, answer)
    if (parts.length === 0) throw new TabletError('attachment.unknown')
    const { sidecar, SIDECAR_TYPE, sidecarName } = await import('./log')
    const logged = parts.map(({ name, body, log }) => ({ file: name, seconds: body.seconds, log }))
    return {
      parts: parts.map(({ id, name, contentType, body }) => {
        const { sha256, size, sealed } = body
        return { name, contentType, sha256, size, body: id, sealed }
      }),
      notes: { name: sidecarName(answer), contentType: SIDECAR_TYPE, bytes: utf8(sidecar(logged)) },
    }
  }

  /** The sound of a part that does not run, from byte `from` to `to`. Raises `attachment.unknown`. */
  async sound(draft: string, part: string, from: number, to: number): Promise<Bytes> {
    const { about } = await this.row(draft, part)
    return this.files.sound(part, unhex(about.key), about.contentType, from, to)
  }

  /** Writes anew what happened beside a part. Raises `attachment.unknown`. */
  async rewriteLog(draft: string, part: string, log: readonly LogEntry[]): Promise<void> {
    const { about } = await this.row(draft, part)
    await this.keepLog(part, await importLogKey(unhex(about.logKey)), log)
  }

  /** The recordings of the interviewer who is here that have a part which nobody ended. */
  async unended(): Promise<readonly { readonly draft: string; readonly answer: string }[]> {
    const drafts = await this.database.drafts.where('owner').equals(this.gate.interviewer()).primaryKeys()
    const found = new Map<string, { readonly draft: string; readonly answer: string }>()
    for (const draft of drafts) {
      for (const { row, about } of await this.rows(draft)) {
        const log = await this.log(row, about)
        if (!log.some(({ kind }) => kind === 'end')) found.set(`${draft}/${about.answer}`, { draft, answer: about.answer })
      }
    }
    return [...found.values()]
  }

  /** The answers that recordings of a draft were made for, also those that were taken back. */
  async answers(draft: string): Promise<readonly string[]> {
    return [...new Set((await this.rows(draft)).map(({ about }) => about.answer))]
  }

  /** Forgets the index of a draft inside the caller's transaction; `sweep` then removes files that no item took over. */
  async forget(draft: string): Promise<void> {
    await this.database.recordings.where('draft').equals(draft).delete()
  }

  /** Removes files that belong neither to a draft nor to a sealed item. */
  async sweep(): Promise<void> {
    const files = await this.files.list()
    if (files.length === 0) return
    const { recordings, items } = this.database
    const known = await this.database.transaction('r', recordings, items, async () => {
      const bodies = (await items.orderBy('body').uniqueKeys()) as string[]
      return new Set([...bodies.filter(isRecorded), ...(await recordings.toCollection().primaryKeys())])
    })
    await this.files.remove(files.filter((file) => !known.has(file)))
  }

  private async log(row: RecordingRow, about: About): Promise<readonly LogEntry[]> {
    if (row.log === null) return []
    const plain = await openFor(await importLogKey(unhex(about.logKey)), logPlace(row.id), row.log)
    return JSON.parse(fromUtf8(plain)) as LogEntry[]
  }

  private async row(draft: string, id: string): Promise<{ readonly row: RecordingRow; readonly about: About }> {
    const found = (await this.rows(draft)).find(({ row }) => row.id === id)
    if (found === undefined) throw new TabletError('attachment.unknown')
    return found
  }

  /** The parts of a draft, or of one recording of it, in order. */
  private async rows(
    draft: string,
    answer?: string,
    key = this.gate.open().drafts,
  ): Promise<{ readonly row: RecordingRow; readonly about: About }[]> {
    const rows = await this.database.recordings.where('draft').equals(draft).toArray()
    const all = await Promise.all(
      rows.map(async (row) => {
        const plain = await openFor(key, aboutPlace(draft, row.id), row.about)
        return { row, about: JSON.parse(fromUtf8(plain)) as About }
      }),
    )
    const wanted = answer === undefined ? all : all.filter(({ about }) => about.answer === answer)
    return wanted.sort((a, b) => a.about.number - b.about.number)
  }
}

/** The first part has the name that the answer holds: whoever knows only that finds the beginning. */
export function partName(answer: string, number: number): string {
  if (number === 1) return answer
  const dot = answer.lastIndexOf('.')
  return `${answer.slice(0, dot)}-${number}${answer.slice(dot)}`
}

function importLogKey(raw: Bytes): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])
}

function unhex(text: string): Bytes {
  return Uint8Array.from(text.match(/../gu) ?? [], (pair) => Number.parseInt(pair, 16))
}

function aboutPlace(draft: string, id: string): string {
  return `draft/${draft}/${id}/recording`
}

function logPlace(id: string): string {
  return `recording/${id}/log`
}

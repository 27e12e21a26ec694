/** One part while it runs: slices from the microphone to the disk, and what happens beside them. */
import type { RecordingFiles } from './files'
import { GapWatch } from './gap'
import type { LogEntry } from './log'
import type { BegunPart, Recordings } from './recordings'
import type { EndReason } from './service'

/** Milliseconds of a slice: what a kill may cost. */
const SLICE_MS = 1000
/** A slice that is still being encoded and sealed is not longer than this. */
const LONGEST_WAIT = 1.5

export interface PartMeans {
  readonly files: RecordingFiles
  readonly recordings: Pick<Recordings, 'keepLog'>
  /** The clock in milliseconds. */
  readonly now: () => number
  /** Is called after every slice and every entry. */
  readonly told: () => void
}

export class RunningPart {
  /** Length of what is on the disk. */
  seconds = 0
  log: readonly LogEntry[] = []
  isMuted = false
  /** Resolves when the part is whole on the disk and nothing more comes. */
  readonly over: Promise<EndReason>
  readonly #gaps: GapWatch
  #reason: EndReason = 'lost'
  #slices = Promise.resolve()
  #keeping = Promise.resolve()
  #heardAt: number
  #mutedAt: { readonly seconds: number; readonly wall: number } | null = null
  readonly #track: MediaStreamTrack | undefined

  /** `gap`: seconds without sound before this part, if it goes on with one that was lost. */
  constructor(
    private readonly means: PartMeans,
    private readonly begun: BegunPart,
    private readonly recorder: MediaRecorder,
    gap = 0,
  ) {
    this.#heardAt = means.now()
    this.#gaps = new GapWatch(means.now() / 1000, 0)
    this.#track = recorder.stream.getAudioTracks()[0]
    this.over = new Promise((resolve) => {
      recorder.addEventListener('stop', () => void this.#close().then(resolve))
    })
    recorder.addEventListener('dataavailable', ({ data }) => {
      this.#slices = this.#slices.then(() => this.#append(data))
    })
    recorder.addEventListener('error', () => void this.end('lost'))
    this.#track?.addEventListener('mute', this.#muted)
    this.#track?.addEventListener('unmute', this.#unmuted)
    this.#track?.addEventListener('ended', this.#taken)
    recorder.start(SLICE_MS)
    this.note({ kind: 'start' })
    if (gap > 0) this.note({ kind: 'gap', lasting: gap })
    if (this.#track?.muted === true) this.#muted()
  }

  /** Where the sound is at this moment, as closely as can be known. */
  get place(): number {
    if (this.recorder.state !== 'recording') return this.seconds
    return this.seconds + Math.min(LONGEST_WAIT, (this.means.now() - this.#heardAt) / 1000)
  }

  get isPaused(): boolean {
    return this.recorder.state === 'paused'
  }

  note(entry: Omit<LogEntry, 'seconds' | 'at'> & { readonly seconds?: number }): void {
    const at = new Date(this.means.now()).toISOString()
    this.write([...this.log, { ...entry, seconds: entry.seconds ?? this.place, at }])
  }

  write(log: readonly LogEntry[]): void {
    this.log = log
    const { begun } = this
    // What cannot be kept now is kept with the next entry; the sound is what matters.
    const keep = () => this.means.recordings.keepLog(begun.id, begun.logKey, this.log).catch(() => undefined)
    this.#keeping = this.#keeping.then(keep)
    this.means.told()
  }

  pause(): void {
    if (this.recorder.state !== 'recording') return
    this.#noteGap(this.#gaps.end(this.#wall, this.seconds))
    const seconds = this.place
    this.recorder.pause()
    // What was said up to now is not left waiting for a slice that may never be full.
    this.recorder.requestData()
    this.note({ kind: 'pause', seconds })
  }

  resume(): void {
    if (this.recorder.state !== 'paused') return
    this.recorder.resume()
    this.#heardAt = this.means.now()
    this.#gaps.restart(this.#wall, this.seconds)
    this.note({ kind: 'resume' })
  }

  /** Looks for stretches that passed without sound; to be called about once a second. */
  look(): void {
    if (this.recorder.state === 'recording') this.#noteGap(this.#gaps.look(this.#wall, this.seconds))
  }

  /** Ends it; the first reason counts. */
  end(reason: EndReason): Promise<EndReason> {
    if (this.recorder.state !== 'inactive') {
      this.#reason = reason
      this.recorder.stop()
    }
    return this.over
  }

  readonly #muted = (): void => {
    this.isMuted = true
    this.#mutedAt ??= { seconds: this.place, wall: this.means.now() }
    this.means.told()
  }

  readonly #unmuted = (): void => {
    this.isMuted = false
    const since = this.#mutedAt
    this.#mutedAt = null
    if (since !== null) this.#noteGap({ seconds: since.seconds, lasting: (this.means.now() - since.wall) / 1000 })
  }

  readonly #taken = (): void => void this.end('lost')

  get #wall(): number {
    return this.means.now() / 1000
  }

  #noteGap(gap: { readonly seconds: number; readonly lasting: number } | null): void {
    if (gap !== null) this.note({ kind: 'gap', ...gap })
  }

  async #append(data: Blob): Promise<void> {
    if (data.size === 0) return
    try {
      this.seconds = await this.means.files.append(this.begun.id, new Uint8Array(await data.arrayBuffer()))
      this.#heardAt = this.means.now()
      this.means.told()
    } catch (error) {
      const isFull = error instanceof Error && error.name === 'QuotaExceededError'
      void this.end(isFull ? 'full' : 'lost')
      if (isFull) this.#reason = 'full'
    }
  }

  async #close(): Promise<EndReason> {
    const wall = this.#wall
    await this.#slices
    this.#noteGap(this.#gaps.end(wall, this.seconds))
    if (this.#mutedAt !== null) this.#unmuted()
    this.#track?.removeEventListener('mute', this.#muted)
    this.#track?.removeEventListener('unmute', this.#unmuted)
    this.#track?.removeEventListener('ended', this.#taken)
    this.note({ kind: 'end', seconds: this.seconds, text: this.#reason })
    await this.#keeping
    await this.means.files.release(this.begun.id).catch(() => undefined)
    return this.#reason
  }
}

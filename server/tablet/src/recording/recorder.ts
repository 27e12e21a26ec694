/** The tablet's recorder: at most one recording runs, over locks and pages, until somebody ends it. */
import { TabletError } from '../services'
import type { Bytes } from '../store/bytes'
import { orFull } from '../store/full'
import type { Gate, Hold } from '../store/gate'
import { Hearing } from './hearing'
import type { LogEntry } from './log'
import type { RunningPart } from './part'
import { bitsPerSecond, bytesFor, CHOICES, extensionOf, recordedType, SCARCE, type Quality } from './quality'
import type { RecordedPart, Recordings } from './recordings'
import type {
  EndReason,
  FinishedPart,
  InterruptedRecording,
  Marked,
  RecordingService,
  RecordingWish,
  RunningRecording,
  RunState,
} from './service'
import type { Meter, Sound } from './sound'

const LOOK_MS = 1000
/** Looks between two questions for the room that is left, and between two tries to get the microphone back. */
const LOOKS = 5

export interface RecorderMeans {
  readonly recordings: Recordings
  readonly gate: Gate
  readonly sound: Sound
  readonly now: () => number
}

/** What one recording holds while it runs. */
interface Run {
  readonly wish: RecordingWish
  readonly contentType: string
  readonly hold: Hold
  readonly hearing: Hearing
  readonly letGo: readonly (() => void)[]
  part: RunningPart
  stream: MediaStream
  meter: Meter
  state: RunState
  before: number
  isHeard: boolean
  room: number | null
  lostAt: number
  looks: number
  isReopening: boolean
}

export class Recorder implements RecordingService {
  readonly #listeners = new Set<() => void>()
  #run: Run | null = null
  #isStarting = false
  #end: EndReason | null = null
  #ending: Promise<void> = Promise.resolve()

  constructor(private readonly means: RecorderMeans) {
    means.recordings.running = this
  }

  current(): RunningRecording | null {
    const run = this.#run
    if (run === null) return null
    const { wish, part, state, before, isHeard, room } = run
    const { draft, answer, phases } = wish
    return { draft, answer, phases, state, before, isHeard, room, isMuted: part.isMuted, seconds: part.seconds, log: part.log }
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  level(): number {
    const run = this.#run
    return run?.state === 'running' ? (run.meter.peak() ?? 0) : 0
  }

  extension(): string | null {
    const type = this.#type()
    return type === null ? null : extensionOf(type)
  }

  async room(quality: Quality, among = CHOICES): Promise<number> {
    const { files } = this.means.recordings
    for (const seconds of among.toReversed()) {
      if (await files.fits(bytesFor(quality, seconds))) return seconds === among.at(-1) ? Infinity : seconds
    }
    return 0
  }

  async start(wish: RecordingWish): Promise<void> {
    if (this.#run !== null || this.#isStarting) throw new TabletError('recording.running')
    this.#isStarting = true
    try {
      await this.#start(wish)
    } finally {
      this.#isStarting = false
    }
  }

  pause(): void {
    const run = this.#run
    if (run?.state !== 'running') return
    run.part.pause()
    run.state = 'paused'
    run.isHeard = true
    this.#tell()
  }

  resume(): void {
    const run = this.#run
    if (run?.state !== 'paused') return
    run.part.resume()
    run.hearing.restart()
    run.state = 'running'
    this.#tell()
  }

  note(kind: 'phase' | 'note', entry: Marked): void {
    if (this.#run !== null && this.#run.state !== 'lost') this.#run.part.note({ kind, ...entry })
  }

  takeBack(entry: LogEntry): void {
    const part = this.#run?.part
    part?.write(part.log.filter((each) => each !== entry))
  }

  async stop(): Promise<void> {
    const run = this.#run
    if (run === null) return
    if (run.state === 'lost') this.#finish(run, 'stopped')
    else await run.part.end('stopped')
    await this.#ending
  }

  /** Ends the recording of a draft, or only the one that this answer names, and waits until it is on the disk. */
  async stopFor(draft: string, answer?: string): Promise<void> {
    const wish = this.#run?.wish
    if (wish?.draft === draft && (answer === undefined || wish.answer === answer)) await this.stop()
  }

  ended(): EndReason | null {
    return this.#end
  }

  endSeen(): void {
    this.#end = null
    this.#tell()
  }

  async parts(draft: string, answer: string): Promise<readonly FinishedPart[]> {
    const { recordings, now } = this.means
    const found = await this.#parts(draft, answer)
    const ended = found.map(async (part): Promise<FinishedPart> => {
      const { id, name, contentType, body } = part
      const log = isEnded(part)
        ? part.log
        : [...part.log, { kind: 'end', seconds: body.seconds, at: new Date(now()).toISOString(), text: 'killed' } as const]
      if (log !== part.log) await recordings.rewriteLog(draft, id, log)
      return { id, name, contentType, seconds: body.seconds, size: body.size, log, fragments: body.fragments }
    })
    return Promise.all(ended)
  }

  async rewriteLog(draft: string, part: string, log: readonly LogEntry[]): Promise<void> {
    await this.means.recordings.rewriteLog(draft, part, log)
  }

  answers(draft: string): Promise<readonly string[]> {
    return this.means.recordings.answers(draft)
  }

  async sound(draft: string, part: string, from: number, to: number): Promise<Bytes> {
    return this.means.recordings.sound(draft, part, from, to)
  }

  async interrupted(): Promise<readonly InterruptedRecording[]> {
    const { recordings } = this.means
    const found: InterruptedRecording[] = []
    for (const { draft, answer } of await recordings.unended()) {
      if (this.#run?.wish.draft === draft) continue
      // One that runs in another tab is not interrupted.
      const parts = await this.#parts(draft, answer).catch(() => [])
      if (parts.some((part) => !isEnded(part))) found.push({ draft, answer, seconds: lengthOf(parts) })
    }
    return found
  }

  async #start(wish: RecordingWish): Promise<void> {
    const { recordings, gate, sound } = this.means
    const contentType = this.#type()
    if (contentType === null) throw new TabletError('recording.unsupported')
    if (!(await recordings.files.fits(bytesFor(wish.quality, wish.seconds)))) {
      throw new TabletError('recording.room', { minutes: Math.floor((await this.room(wish.quality)) / 60) })
    }
    const before = (await recordings.has(wish.draft, wish.answer)) ? lengthOf(await this.parts(wish.draft, wish.answer)) : 0
    const stream = await sound.openMicrophone()
    const hold = gate.hold()
    const letGo = [hold.release]
    try {
      const part = await this.#begin(wish, contentType, hold, stream, 0)
      const run: Run = {
        wish, contentType, hold, letGo, part, stream, before,
        hearing: new Hearing(),
        meter: sound.meter(stream),
        state: 'running',
        isHeard: true,
        room: null,
        lostAt: 0,
        looks: 0,
        isReopening: false,
      }
      const looking = setInterval(() => this.#look(run), LOOK_MS)
      letGo.push(() => clearInterval(looking), sound.keepAwake(), sound.whenSeen(() => void this.#reopen(run)))
      this.#end = null
      this.#run = run
      this.#follow(run)
    } catch (error) {
      letGo.forEach((release) => release())
      silence(stream)
      throw error
    }
    this.#tell()
  }

  async #begin(wish: RecordingWish, type: string, hold: Hold, stream: MediaStream, gap: number): Promise<RunningPart> {
    const { RunningPart } = await import('./part')
    const { recordings, sound, now } = this.means
    const begun = await orFull(() => recordings.begin(wish.draft, wish.answer, type, hold.keys.drafts))
    const options = { mimeType: type, audioBitsPerSecond: bitsPerSecond(wish.quality) }
    const means = { files: recordings.files, recordings, now, told: () => this.#tell() }
    return new RunningPart(means, begun, sound.recorder(stream, options), gap)
  }

  #follow(run: Run): void {
    this.#ending = run.part.over.then((reason) => {
      if (reason === 'lost') this.#lost(run)
      else this.#finish(run, reason)
    })
  }

  #look(run: Run): void {
    run.looks += 1
    if (run.state === 'running') {
      run.part.look()
      const peak = run.meter.peak()
      run.isHeard = peak === null || run.hearing.heard(peak, this.means.now() / 1000)
    }
    if (run.looks % LOOKS === 0) {
      void this.#lookForRoom(run)
      if (run.state === 'lost') void this.#reopen(run)
    }
    this.#tell()
  }

  async #lookForRoom(run: Run): Promise<void> {
    const room = await this.room(run.wish.quality, SCARCE).catch(() => Infinity)
    if (this.#run !== run) return
    run.room = room === Infinity ? null : room
    // Ended while there is still room to finish the interview in.
    if (room === 0 && run.state !== 'lost') await run.part.end('full')
  }

  #lost(run: Run): void {
    silence(run.stream)
    run.meter.close()
    run.before += run.part.seconds
    run.state = 'lost'
    run.lostAt = this.means.now()
    this.#tell()
    void this.#reopen(run)
  }

  async #reopen(run: Run): Promise<void> {
    if (run.state !== 'lost' || run.isReopening || this.#run !== run) return
    run.isReopening = true
    try {
      const stream = await this.means.sound.openMicrophone()
      // Ended by a person while the system still thought about it.
      if (this.#run !== run) return silence(stream)
      const gap = (this.means.now() - run.lostAt) / 1000
      run.part = await this.#begin(run.wish, run.contentType, run.hold, stream, gap)
      run.stream = stream
      run.meter = this.means.sound.meter(stream)
      run.hearing.restart()
      run.state = 'running'
      this.#follow(run)
      this.#tell()
    } catch (error) {
      if (error instanceof TabletError && error.code === 'storage.full') this.#finish(run, 'full')
    } finally {
      run.isReopening = false
    }
  }

  #finish(run: Run, reason: EndReason): void {
    if (this.#run !== run) return
    silence(run.stream)
    run.meter.close()
    run.letGo.forEach((release) => release())
    this.#run = null
    this.#end = reason === 'stopped' ? null : reason
    this.#tell()
  }

  async #parts(draft: string, answer: string): Promise<readonly RecordedPart[]> {
    if (this.#run?.wish.draft === draft && this.#run.wish.answer === answer) throw new TabletError('recording.running')
    try {
      return await this.means.recordings.parts(draft, answer)
    } catch (error) {
      if (error instanceof Error && error.name === 'NoModificationAllowedError') throw new TabletError('recording.elsewhere')
      throw error
    }
  }

  #type(): string | null {
    return recordedType((type) => this.means.sound.isSupported(type))
  }

  #tell(): void {
    for (const listener of this.#listeners) listener()
  }
}

function silence(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop()
}

function isEnded({ log }: { readonly log: readonly LogEntry[] }): boolean {
  return log.some(({ kind }) => kind === 'end')
}

function lengthOf(parts: readonly ({ readonly seconds: number } | RecordedPart)[]): number {
  return parts.reduce((sum, part) => sum + ('body' in part ? part.body.seconds : part.seconds), 0)
}

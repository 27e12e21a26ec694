/** A microphone and a recorder that a test speaks into. */
import { TabletError } from '../../services'
import { join, type Bytes } from '../../store/bytes'
import type { Sound } from '../sound'
import { webmCluster, webmHead } from './webm'

class FakeTrack extends EventTarget {
  muted = false
  stop(): void {
    // Nothing is held.
  }
}

export class FakeRecorder extends EventTarget {
  state: RecordingState = 'inactive'
  #milliseconds = 0
  #waiting: Bytes[] = []

  constructor(
    readonly stream: MediaStream,
    readonly options: MediaRecorderOptions,
  ) {
    super()
  }

  start(): void {
    this.state = 'recording'
    this.#waiting = [webmHead()]
  }

  pause(): void {
    this.state = 'paused'
  }

  resume(): void {
    this.state = 'recording'
  }

  /** A second of sound is spoken and handed over. */
  second(): void {
    // Blocks of 60 ms: 16 of them are a little less than a second, and the clusters follow one another.
    this.#waiting.push(webmCluster(this.#milliseconds, 17))
    this.#milliseconds += 1000
    this.requestData()
  }

  requestData(): void {
    const data = new Blob([join(this.#waiting)])
    this.#waiting = []
    this.dispatchEvent(Object.assign(new Event('dataavailable'), { data }))
  }

  stop(): void {
    this.state = 'inactive'
    this.requestData()
    this.dispatchEvent(new Event('stop'))
  }
}

export class FakeSound implements Sound {
  readonly recorders: FakeRecorder[] = []
  readonly tracks: FakeTrack[] = []
  peak: number | null = 0.5
  /** The next tries to open the microphone raise this code. */
  refusing: string | null = null
  seen: () => void = () => undefined

  isSupported(type: string): boolean {
    return type === 'audio/webm;codecs=opus'
  }

  openMicrophone(): Promise<MediaStream> {
    if (this.refusing !== null) return Promise.reject(new TabletError(this.refusing))
    const track = new FakeTrack()
    this.tracks.push(track)
    return Promise.resolve({ getTracks: () => [track], getAudioTracks: () => [track] } as unknown as MediaStream)
  }

  recorder(stream: MediaStream, options: MediaRecorderOptions): MediaRecorder {
    const made = new FakeRecorder(stream, options)
    this.recorders.push(made)
    return made as unknown as MediaRecorder
  }

  meter(): { peak: () => number | null; close: () => void } {
    return { peak: () => this.peak, close: () => undefined }
  }

  keepAwake(): () => void {
    return () => undefined
  }

  whenSeen(listener: () => void): () => void {
    this.seen = listener
    return () => (this.seen = () => undefined)
  }
}

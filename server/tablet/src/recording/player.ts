/** Plays a sealed recording: only the stretch around the place that is heard is ever in clear, and only in memory. */
import type { Bytes } from '../store/bytes'

export interface Playable {
  readonly contentType: string
  /** Bytes and seconds of the whole. */
  readonly size: number
  readonly seconds: number
  /** Where it can be played from, in order. */
  readonly fragments: readonly { readonly at: number; readonly seconds: number }[]
  read(from: number, to: number): Promise<Bytes>
}

/** Bytes that are opened at once. */
const PIECE = 128 * 1024
/** Seconds that are ready ahead of the place that is heard, and kept behind it. */
const AHEAD = 60
const BEHIND = 60

interface Streams {
  readonly MediaSource?: typeof MediaSource
  /** Newer iPads have this one alone (W3C Media Source Extensions, 2nd edition). */
  readonly ManagedMediaSource?: typeof MediaSource
}

/** Lets `audio` play `sound`. `failed` is called when that comes to nothing. Gives the function that ends it. */
export function play(audio: HTMLAudioElement, sound: Playable, failed: (error: unknown) => void): () => void {
  const { MediaSource: Ordinary, ManagedMediaSource: Managed } = globalThis as unknown as Streams
  const Source = Managed ?? Ordinary
  if (Source?.isTypeSupported(sound.contentType) !== true) return playWhole(audio, sound, failed)
  const stream = new Stream(audio, new Source(), sound, failed)
  return () => stream.close()
}

class Stream {
  readonly #address: string
  #buffer: SourceBuffer | null = null
  /** Next byte to be given to the player. */
  #at = 0
  #isBusy = false
  #isClosed = false

  constructor(
    private readonly audio: HTMLAudioElement,
    private readonly source: MediaSource,
    private readonly sound: Playable,
    private readonly failed: (error: unknown) => void,
  ) {
    this.#address = URL.createObjectURL(source)
    source.addEventListener('sourceopen', () => this.#open(), { once: true })
    audio.disableRemotePlayback = true
    audio.addEventListener('seeking', this.#seek)
    audio.addEventListener('timeupdate', this.#more)
    audio.addEventListener('waiting', this.#skip)
    audio.src = this.#address
  }

  close(): void {
    this.#isClosed = true
    this.audio.removeEventListener('seeking', this.#seek)
    this.audio.removeEventListener('timeupdate', this.#more)
    this.audio.removeEventListener('waiting', this.#skip)
    this.audio.removeAttribute('src')
    this.audio.load()
    URL.revokeObjectURL(this.#address)
  }

  #open(): void {
    this.#buffer = this.source.addSourceBuffer(this.sound.contentType)
    this.source.duration = this.sound.seconds
    this.#more()
  }

  readonly #more = (): void => {
    if (this.#isBusy || this.#isClosed) return
    this.#isBusy = true
    this.#fill()
      .catch((error: unknown) => {
        if (!this.#isClosed) this.failed(error)
      })
      .finally(() => (this.#isBusy = false))
  }

  async #fill(): Promise<void> {
    const { sound, audio, source } = this
    while (!this.#isClosed && this.#buffer !== null && this.#readyUntil() < audio.currentTime + AHEAD) {
      const from = this.#at
      if (from >= sound.size) {
        if (source.readyState === 'open') source.endOfStream()
        return
      }
      // The head goes in whole, whatever is asked for first.
      const head = sound.fragments[0]?.at ?? sound.size
      const to = Math.min(sound.size, from === 0 ? Math.max(head, PIECE) : from + PIECE)
      const bytes = await sound.read(from, to)
      if (this.#isClosed) return
      // Somebody went elsewhere meanwhile.
      if (this.#at !== from) continue
      await this.#done(() => this.#buffer?.appendBuffer(bytes))
      if (this.#at === from) this.#at = to
      await this.#forget()
    }
  }

  async #forget(): Promise<void> {
    const until = this.audio.currentTime - BEHIND
    const { buffered } = this.#buffer ?? { buffered: { length: 0, start: () => 0 } }
    if (buffered.length > 0 && until - buffered.start(0) > BEHIND) await this.#done(() => this.#buffer?.remove(0, until))
  }

  /** Where what is ready from the place that is heard comes to its end. */
  #readyUntil(): number {
    const { buffered } = this.#buffer ?? {}
    const now = this.audio.currentTime
    for (let range = 0; buffered !== undefined && range < buffered.length; range += 1) {
      if (buffered.start(range) <= now + 0.1 && now <= buffered.end(range)) return buffered.end(range)
    }
    return now
  }

  readonly #seek = (): void => {
    const { currentTime } = this.audio
    if (this.#readyUntil() > currentTime || this.#buffer === null) return this.#more()
    const fragment = this.sound.fragments.findLast(({ seconds }) => seconds <= currentTime) ?? this.sound.fragments[0]
    if (fragment === undefined) return
    // What was being taken in is given up, so that the player takes this for a new beginning.
    if (this.source.readyState === 'open') this.#buffer.abort()
    this.#at = fragment === this.sound.fragments[0] ? 0 : fragment.at
    this.#more()
  }

  /** A stretch that passed without sound has no bytes: the player would wait there for ever. */
  readonly #skip = (): void => {
    const { buffered } = this.#buffer ?? {}
    const now = this.audio.currentTime
    for (let range = 0; buffered !== undefined && range < buffered.length; range += 1) {
      const start = buffered.start(range)
      if (start > now) {
        this.audio.currentTime = start
        return
      }
    }
    this.#more()
  }

  #done(work: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const buffer = this.#buffer
      if (buffer === null) return resolve()
      buffer.addEventListener('updateend', () => resolve(), { once: true })
      try {
        work()
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)))
      }
    })
  }
}

/** Where nothing can be streamed, all of it is opened at once. */
function playWhole(audio: HTMLAudioElement, sound: Playable, failed: (error: unknown) => void): () => void {
  let address: string | null = null
  let isClosed = false
  sound.read(0, sound.size).then((bytes) => {
    if (isClosed) return
    address = URL.createObjectURL(new Blob([bytes], { type: sound.contentType }))
    audio.src = address
  }, failed)
  return () => {
    isClosed = true
    audio.removeAttribute('src')
    audio.load()
    if (address !== null) URL.revokeObjectURL(address)
  }
}

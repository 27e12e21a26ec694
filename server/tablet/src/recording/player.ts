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
/** Seconds by which a place may be missed. */
const NEARLY = 0.1

/** What tells that more may be needed. */
const WANTING = ['seeking', 'timeupdate', 'waiting'] as const

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
  #isWanted = false
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
    for (const name of WANTING) audio.addEventListener(name, this.#more)
    audio.src = this.#address
  }

  close(): void {
    this.#isClosed = true
    for (const name of WANTING) this.audio.removeEventListener(name, this.#more)
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
    this.#isWanted = true
    if (this.#isBusy || this.#isClosed) return
    this.#isBusy = true
    this.#isWanted = false
    this.#fill()
      .catch((error: unknown) => {
        if (!this.#isClosed) this.failed(error)
      })
      .finally(() => {
        this.#isBusy = false
        // Somebody went elsewhere while the last piece was given.
        if (this.#isWanted) this.#more()
      })
  }

  /** Gives the player what it needs next, wherever it is by now. */
  async #fill(): Promise<void> {
    const { sound, audio, source } = this
    while (!this.#isClosed && this.#buffer !== null) {
      const now = audio.currentTime
      const end = this.#readyUntil(now)
      if (end >= Math.min(now + AHEAD, sound.seconds - NEARLY)) break
      const place = this.#fragment(({ seconds }) => seconds <= end)
      const given = this.#fragment(({ at }) => at <= this.#at)
      if (Math.abs(given - place) > 1) this.#goTo(place)
      if (this.#at >= sound.size) break
      await this.#give(this.#buffer)
      const isPast = this.#at >= sound.size || this.#fragment(({ at }) => at <= this.#at) > place + 1
      // A stretch that passed without sound has no bytes: the player would wait there for ever.
      if (isPast && end === now && audio.currentTime === now && this.#readyUntil(now) === now) return this.#skip(now)
    }
    if (this.#at >= sound.size && source.readyState === 'open') source.endOfStream()
  }

  async #give(buffer: SourceBuffer): Promise<void> {
    const { sound } = this
    // The head goes in whole, whatever is asked for first.
    const head = sound.fragments[0]?.at ?? sound.size
    const to = Math.min(sound.size, this.#at === 0 ? Math.max(head, PIECE) : this.#at + PIECE)
    const bytes = await sound.read(this.#at, to)
    if (this.#isClosed) return
    await this.#done(() => buffer.appendBuffer(bytes))
    this.#at = to
    const until = this.audio.currentTime - BEHIND
    const { buffered } = buffer
    if (buffered.length > 0 && until - buffered.start(0) > BEHIND) await this.#done(() => buffer.remove(0, until))
  }

  /** The number of the last fragment that this holds for, or 0. */
  #fragment(holds: (fragment: Playable['fragments'][number]) => boolean): number {
    return Math.max(0, this.sound.fragments.findLastIndex(holds))
  }

  #goTo(fragment: number): void {
    // What was begun is given up, so that the player takes this for a new beginning.
    if (this.source.readyState === 'open') this.#buffer?.abort()
    this.#at = fragment === 0 ? 0 : (this.sound.fragments[fragment]?.at ?? 0)
  }

  /** Where what is ready from a place comes to its end; the place itself where nothing is. */
  #readyUntil(place: number): number {
    const { buffered } = this.#buffer ?? {}
    for (let range = 0; buffered !== undefined && range < buffered.length; range += 1) {
      if (buffered.start(range) <= place + NEARLY && place <= buffered.end(range)) return buffered.end(range)
    }
    return place
  }

  #skip(place: number): void {
    const { buffered } = this.#buffer ?? {}
    for (let range = 0; buffered !== undefined && range < buffered.length; range += 1) {
      if (buffered.start(range) <= place) continue
      this.audio.currentTime = buffered.start(range)
      return
    }
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

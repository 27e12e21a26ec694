import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { play, type Playable } from './player'

/** Ten seconds a fragment, a kilobyte a second, two hundred seconds; between 100 and 130 nothing was heard. */
const HEAD = 100
const SECONDS = 200
const HOLE = { from: 100, to: 130 }
const timeOf = (byte: number): number => {
  const sounded = Math.max(0, byte - HEAD) / 1000
  return sounded <= HOLE.from ? sounded : sounded + HOLE.to - HOLE.from
}
const SIZE = HEAD + 170 * 1000
const fragments = Array.from({ length: 17 }, (_, at) => {
  const from = at === 0 ? HEAD : HEAD + at * 10_000
  return { at: from, seconds: at < 10 ? at * 10 : at * 10 + HOLE.to - HOLE.from }
})

class FakeBuffer extends EventTarget {
  ranges: [number, number][] = []
  next = 0
  aborts = 0

  get buffered() {
    const { ranges } = this
    return { length: ranges.length, start: (at: number) => ranges[at]?.[0] ?? 0, end: (at: number) => ranges[at]?.[1] ?? 0 }
  }

  appendBuffer(bytes: Uint8Array): void {
    const from = new DataView(bytes.buffer).getUint32(0)
    const [start, end] = [timeOf(from), timeOf(from + bytes.length)]
    if (start < HOLE.from && end > HOLE.to) this.ranges.push([start, HOLE.from], [HOLE.to, end])
    else this.ranges.push([start, end])
    this.ranges.sort((a, b) => a[0] - b[0])
    this.ranges = this.ranges.reduce<[number, number][]>((merged, [a, b]) => {
      const last = merged.at(-1)
      if (last !== undefined && a <= last[1] + 0.05) last[1] = Math.max(last[1], b)
      else merged.push([a, b])
      return merged
    }, [])
    queueMicrotask(() => this.dispatchEvent(new Event('updateend')))
  }

  remove(): void {
    queueMicrotask(() => this.dispatchEvent(new Event('updateend')))
  }

  abort(): void {
    this.aborts += 1
  }
}

class FakeSource extends EventTarget {
  static last: FakeSource
  static isTypeSupported = (): boolean => true
  readonly buffer = new FakeBuffer()
  readyState = 'open'
  duration = 0

  constructor() {
    super()
    FakeSource.last = this
  }

  addSourceBuffer(): FakeBuffer {
    return this.buffer
  }

  endOfStream(): void {
    this.readyState = 'ended'
  }
}

class FakeAudio extends EventTarget {
  src = ''
  #now = 0
  get currentTime(): number {
    return this.#now
  }
  set currentTime(to: number) {
    this.#now = to
    this.dispatchEvent(new Event('seeking'))
  }
  load(): void {
    // Nothing is held.
  }
  removeAttribute(): void {
    this.src = ''
  }
}

let audio: FakeAudio
let reads: [number, number][]
let end: () => void

beforeEach(() => {
  vi.stubGlobal('MediaSource', FakeSource)
  vi.stubGlobal('URL', { createObjectURL: () => 'blob:x', revokeObjectURL: () => undefined })
  audio = new FakeAudio()
  reads = []
  const sound: Playable = {
    contentType: 'audio/webm;codecs=opus',
    size: SIZE,
    seconds: SECONDS,
    fragments,
    read: (from, to) => {
      reads.push([from, to])
      const bytes = new Uint8Array(to - from)
      if (bytes.length >= 4) new DataView(bytes.buffer).setUint32(0, from)
      return Promise.resolve(bytes)
    },
  }
  end = play(audio as unknown as HTMLAudioElement, sound, (error) => expect(error).toBeUndefined())
  FakeSource.last.dispatchEvent(new Event('sourceopen'))
})

afterEach(() => {
  end()
  vi.unstubAllGlobals()
})

const isReady = (place: number): boolean => FakeSource.last.buffer.ranges.some(([a, b]) => a <= place && place < b)

test('only what will be heard soon is opened, the head first', async () => {
  await vi.waitFor(() => expect(isReady(59)).toBe(true))
  expect(reads[0]?.[0]).toBe(0)
  expect(isReady(190)).toBe(false)
  expect(FakeSource.last.duration).toBe(SECONDS)
})

test('whoever goes ahead, and back behind what is ready, finds the sound there', async () => {
  await vi.waitFor(() => expect(isReady(59)).toBe(true))
  audio.currentTime = 185
  await vi.waitFor(() => expect(isReady(186)).toBe(true))
  audio.currentTime = 80
  await vi.waitFor(() => expect(isReady(99)).toBe(true))
  expect(audio.currentTime).toBe(80)
})

test('in a stretch without sound the player goes on behind it', async () => {
  await vi.waitFor(() => expect(isReady(59)).toBe(true))
  audio.currentTime = 115
  await vi.waitFor(() => expect(audio.currentTime).toBe(HOLE.to))
  await vi.waitFor(() => expect(isReady(HOLE.to + 1)).toBe(true))
})

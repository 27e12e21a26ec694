/** A film from a camera, bounded in time and size: it is held in memory until it is kept. */

export const LONGEST_SECONDS = 180
export const WIDTH = 1280
const BITS_PER_SECOND = 1_500_000
const LARGEST = 60_000_000
const SLICE_MS = 500
/** In the order in which they are wished: what every player can play comes first. */
const TYPES = ['video/mp4;codecs=avc1.42E01F,mp4a.40.2', 'video/webm;codecs=vp8,opus', 'video/webm', 'video/mp4'] as const

export interface Filmed {
  readonly file: Blob
  readonly extension: '.mp4' | '.webm'
}

export interface Film {
  stop(): void
  /** The film, once it is over, or null where there is none. */
  readonly over: Promise<Filmed | null>
}

/** Minutes and seconds, such as `2:05`. */
export function clock(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`
}

/** Films until it is stopped, full, or the camera goes away; tells seconds and bytes meanwhile. */
export function startFilm(stream: MediaStream, tell: (seconds: number, bytes: number) => void): Film {
  const type = TYPES.find((each) => MediaRecorder.isTypeSupported(each))
  const options = { videoBitsPerSecond: BITS_PER_SECOND, ...(type === undefined ? {} : { mimeType: type }) }
  const recorder = new MediaRecorder(stream, options)
  const parts: Blob[] = []
  const began = performance.now()
  const stop = (): void => {
    if (recorder.state !== 'inactive') recorder.stop()
  }
  const over = new Promise<Filmed | null>((resolve) => {
    recorder.ondataavailable = ({ data }) => {
      parts.push(data)
      const seconds = (performance.now() - began) / 1000
      const size = parts.reduce((sum, part) => sum + part.size, 0)
      tell(Math.min(seconds, LONGEST_SECONDS), size)
      if (seconds >= LONGEST_SECONDS || size >= LARGEST) stop()
    }
    recorder.onstop = () => resolve(filmOf(parts, recorder.mimeType))
  })
  recorder.start(SLICE_MS)
  return { stop, over }
}

function filmOf(parts: readonly Blob[], mimeType: string): Filmed | null {
  // The codecs belong to the recorder, not to the file.
  const file = new Blob([...parts], { type: mimeType.split(';')[0] ?? '' })
  return file.size === 0 ? null : { file, extension: file.type === 'video/mp4' ? '.mp4' : '.webm' }
}

/** Looks through a camera until a code is read. */
import type { CodeReader } from './reader'

/** Pixels of the longer side that are looked at: enough for a long code, and quick on a cheap tablet. */
const LONGEST = 960
const PAUSE_MS = 120

export interface Scan {
  stop(): void
}

/** `picture` gives what the camera shows, or null; `found` is called once. */
export function startScan(reader: CodeReader, picture: () => ImageData | null, found: (code: string) => void): Scan {
  let isOver = false

  async function look(): Promise<void> {
    const shown = picture()
    // A picture that cannot be read is followed by the next one.
    const code = shown === null ? null : await reader.read(shown).catch(() => null)
    if (isOver) return
    if (code === null) setTimeout(() => void look(), PAUSE_MS)
    else {
      isOver = true
      found(code)
    }
  }

  void look()
  return { stop: () => (isOver = true) }
}

/** Takes what a video shows at this moment. */
export function frames(): (video: HTMLVideoElement) => ImageData | null {
  const canvas = document.createElement('canvas')
  const context = canvas.getContext('2d', { willReadFrequently: true })
  return (video) => {
    const scale = Math.min(1, LONGEST / Math.max(video.videoWidth, video.videoHeight))
    const [width, height] = [Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale)]
    if (context === null || width === 0 || height === 0) return null
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height })
    context.drawImage(video, 0, 0, width, height)
    return context.getImageData(0, 0, width, height)
  }
}

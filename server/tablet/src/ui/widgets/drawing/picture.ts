/** From a picture to the sheet and back. What comes back is drawn pixel by pixel, so nothing else is in it. */
import { TabletError } from '../../../services'
import { drawPhoto, encodedPhoto } from '../../photo'
import type { Kept } from '../files/attachment'
import type { Size } from './strokes'

/** Pixels of the longer side, where the form sets none: a line of the thin pen is then as a pen's. */
const LONGEST = 1600
/** What stands around the sheet, in pixels of the screen. */
const BESIDE = 32
const ABOVE_AND_BELOW = 290

/** A blank sheet in the shape of the screen; a signature is wide and low. */
export function sheetSize(kind: 'draw' | 'signature' | 'annotate', screen: Size, longest: number | null): Size {
  const wish = Math.min(LONGEST, longest ?? LONGEST)
  if (kind === 'signature') return { width: wish, height: Math.round(wish / 2) }
  const ratio = Math.min(2, Math.max(0.6, (screen.width - BESIDE) / Math.max(screen.height - ABOVE_AND_BELOW, 1)))
  return ratio >= 1 ? { width: wish, height: Math.round(wish / ratio) } : { width: Math.round(wish * ratio), height: wish }
}

/** A picture to draw upon. Raises `photo.unreadable`. */
export async function baseOf(picture: Blob, longest: number | null): Promise<HTMLCanvasElement> {
  const canvas = document.createElement('canvas')
  await drawPhoto(picture, canvas, Math.min(LONGEST, longest ?? LONGEST))
  return canvas
}

/** A photo with marks stays a JPEG; what is drawn is a PNG, whose lines are sharp. Raises `photo.unreadable`. */
export async function pictureOf(canvas: HTMLCanvasElement, isPhoto: boolean): Promise<Kept> {
  if (isPhoto) return { file: await encodedPhoto(canvas, Math.max(canvas.width, canvas.height)), extension: '.jpg' }
  const file = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
  if (file === null) throw new TabletError('photo.unreadable')
  return { file, extension: '.png' }
}

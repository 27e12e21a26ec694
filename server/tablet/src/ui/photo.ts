/**
 * Photos made ready for keeping: turned upright, at most so many pixels, drawn anew. Drawing drops everything that a
 * camera writes beside the picture, such as the place and the device.
 */
import { TabletError } from '../services'

/** Longest side of a kept photo. */
export const LONGEST_SIDE = 2048
const QUALITY = 0.85

function fitted(width: number, height: number, longest: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** A JPEG of the picture with no metadata. Raises `photo.unreadable` for what the browser cannot decode. */
export async function preparedPhoto(file: Blob, longest = LONGEST_SIDE): Promise<Blob> {
  const canvas = document.createElement('canvas')
  await drawPhoto(file, canvas, longest)
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  if (blob === null) throw new TabletError('photo.unreadable')
  return blob
}

/** Draws the picture into the canvas, without an address that a browser would keep. Raises `photo.unreadable`. */
export async function drawPhoto(file: Blob, canvas: HTMLCanvasElement, longest: number): Promise<void> {
  let bitmap: ImageBitmap
  try {
    bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    throw new TabletError('photo.unreadable')
  }
  try {
    const { width, height } = fitted(bitmap.width, bitmap.height, longest)
    Object.assign(canvas, { width, height })
    const context = canvas.getContext('2d')
    if (context === null) throw new TabletError('photo.unreadable')
    // A picture with holes would turn black in a JPEG.
    context.fillStyle = '#ffffff'
    context.fillRect(0, 0, width, height)
    context.drawImage(bitmap, 0, 0, width, height)
  } finally {
    bitmap.close()
  }
}

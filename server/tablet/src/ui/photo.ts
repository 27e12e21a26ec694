/**
 * Photos made ready for keeping. A picture that fits and carries nothing beside itself is kept byte for byte; every
 * other one is drawn anew, upright and small enough, which drops what a camera writes beside it, such as the place.
 */
import { TabletError } from '../services'
import { carriesMetadata } from './photo_metadata'

/** Longest side of a kept photo. */
export const LONGEST_SIDE = 4096
const QUALITY = 0.85

export function fitted(width: number, height: number, longest: number): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, longest / Math.max(width, height))
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) }
}

/** The picture as it is, or a JPEG of it. Raises `photo.unreadable` for what the browser cannot decode. */
export async function preparedPhoto(file: Blob, longest = LONGEST_SIDE): Promise<Blob> {
  if ((await fits(file, longest)) && !(await carriesMetadata(file))) return file
  const canvas = document.createElement('canvas')
  await drawPhoto(file, canvas, longest)
  return encoded(canvas)
}

/** What a canvas shows as a JPEG, made smaller where it is too large. Raises `photo.unreadable`. */
export async function encodedPhoto(canvas: HTMLCanvasElement, longest: number): Promise<Blob> {
  const { width, height } = fitted(canvas.width, canvas.height, longest)
  if (width === canvas.width) return encoded(canvas)
  const smaller = Object.assign(document.createElement('canvas'), { width, height })
  smaller.getContext('2d')?.drawImage(canvas, 0, 0, width, height)
  return encoded(smaller)
}

async function encoded(canvas: HTMLCanvasElement): Promise<Blob> {
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', QUALITY))
  if (blob === null) throw new TabletError('photo.unreadable')
  return blob
}

async function decoded(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: 'from-image' })
  } catch {
    throw new TabletError('photo.unreadable')
  }
}

async function fits(file: Blob, longest: number): Promise<boolean> {
  const bitmap = await decoded(file)
  try {
    return Math.max(bitmap.width, bitmap.height) <= longest
  } finally {
    bitmap.close()
  }
}

/** Draws the picture into the canvas, without an address that a browser would keep. Raises `photo.unreadable`. */
export async function drawPhoto(file: Blob, canvas: HTMLCanvasElement, longest: number): Promise<void> {
  const bitmap = await decoded(file)
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

/**
 * Whether a picture carries what a camera writes beside it: the place, the device, comments, small previews.
 * JPEG (ITU T.81 annex B) and PNG (RFC 2083) are read by their segments and chunks; of every other kind it is assumed.
 */

const JPEG_PARTS = { start: 0xffd8, scan: 0xda, jfif: 0xe0, colourProfile: 0xe2, adobe: 0xee, firstApp: 0xe0, lastApp: 0xef, comment: 0xfe }
const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Chunks that say how the picture looks, and nothing else. */
const PNG_PICTURE = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'pHYs', 'bKGD', 'sBIT'])

export async function carriesMetadata(file: Blob): Promise<boolean> {
  const bytes = new DataView(await file.arrayBuffer())
  if (PNG_START.every((byte, at) => at < bytes.byteLength && bytes.getUint8(at) === byte)) return pngCarries(bytes)
  if (bytes.byteLength > 2 && bytes.getUint16(0) === JPEG_PARTS.start) return jpegCarries(bytes)
  return true
}

function jpegCarries(bytes: DataView): boolean {
  const harmless: readonly number[] = [JPEG_PARTS.jfif, JPEG_PARTS.colourProfile, JPEG_PARTS.adobe]
  let at = 2
  while (at + 4 <= bytes.byteLength) {
    if (bytes.getUint8(at) !== 0xff) return true
    const marker = bytes.getUint8(at + 1)
    if (marker === JPEG_PARTS.scan) return false
    const isApp = marker >= JPEG_PARTS.firstApp && marker <= JPEG_PARTS.lastApp
    if (marker === JPEG_PARTS.comment || (isApp && !harmless.includes(marker))) return true
    at += 2 + bytes.getUint16(at + 2)
  }
  return true
}

function pngCarries(bytes: DataView): boolean {
  let at = PNG_START.length
  while (at + 12 <= bytes.byteLength) {
    const kind = String.fromCharCode(...[4, 5, 6, 7].map((offset) => bytes.getUint8(at + offset)))
    if (!PNG_PICTURE.has(kind)) return true
    at += 12 + bytes.getUint32(at)
    if (kind === 'IEND') return at !== bytes.byteLength
  }
  return true
}

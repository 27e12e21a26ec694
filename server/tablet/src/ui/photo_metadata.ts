/**
 * Whether a picture carries what a camera writes beside it: the place, the device, comments, small previews.
 * JPEG (ITU T.81 annex B) and PNG (RFC 2083) are read by their segments and chunks; of every other kind it is assumed.
 */

const JPEG = { start: 0xffd8, end: 0xd9, scan: 0xda, jfif: 0xe0, app2: 0xe2, adobe: 0xee, app0: 0xe0, app15: 0xef, comment: 0xfe }
/** A JFIF segment of this length has no small preview in it. */
const JFIF_LENGTH = 16
const COLOUR_PROFILE = 'ICC_PROFILE'
const PNG_START = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
/** Chunks that say how the picture looks, and nothing else. */
const PNG_PICTURE = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'cHRM', 'sRGB', 'iCCP', 'pHYs', 'bKGD', 'sBIT'])

export async function carriesMetadata(file: Blob): Promise<boolean> {
  const bytes = new DataView(await file.arrayBuffer())
  if (PNG_START.every((byte, at) => at < bytes.byteLength && bytes.getUint8(at) === byte)) return pngCarries(bytes)
  if (bytes.byteLength > 2 && bytes.getUint16(0) === JPEG.start) return jpegCarries(bytes)
  return true
}

function jpegCarries(bytes: DataView): boolean {
  let at = 2
  while (at + 2 <= bytes.byteLength) {
    if (bytes.getUint8(at) !== 0xff) return true
    const marker = bytes.getUint8(at + 1)
    if (marker === JPEG.end) return at + 2 !== bytes.byteLength
    if (at + 4 > bytes.byteLength || segmentTells(bytes, at, marker)) return true
    at += 2 + bytes.getUint16(at + 2)
    if (marker === JPEG.scan) at = endOfScan(bytes, at)
  }
  return true
}

function segmentTells(bytes: DataView, at: number, marker: number): boolean {
  if (marker === JPEG.comment) return true
  if (marker < JPEG.app0 || marker > JPEG.app15 || marker === JPEG.adobe) return false
  if (marker === JPEG.jfif) return bytes.getUint16(at + 2) !== JFIF_LENGTH
  return marker !== JPEG.app2 || letters(bytes, at + 4, COLOUR_PROFILE.length) !== COLOUR_PROFILE
}

/** The next marker behind a scan: in its data 0xff is followed by 0 or by the number of a restart. */
function endOfScan(bytes: DataView, from: number): number {
  let at = from
  while (at + 1 < bytes.byteLength) {
    const next = bytes.getUint8(at + 1)
    if (bytes.getUint8(at) === 0xff && next !== 0 && (next < 0xd0 || next > 0xd7)) return at
    at += 1
  }
  return bytes.byteLength
}

function letters(bytes: DataView, at: number, count: number): string {
  if (at + count > bytes.byteLength) return ''
  return String.fromCharCode(...Array.from({ length: count }, (_, offset) => bytes.getUint8(at + offset)))
}

function pngCarries(bytes: DataView): boolean {
  let at = PNG_START.length
  while (at + 12 <= bytes.byteLength) {
    const kind = letters(bytes, at + 4, 4)
    if (!PNG_PICTURE.has(kind)) return true
    at += 12 + bytes.getUint32(at)
    if (kind === 'IEND') return at !== bytes.byteLength
  }
  return true
}

import { describe, expect, it } from 'vitest'
import { carriesMetadata } from './photo_metadata'

const SCAN = [0xff, 0xda, 0x00, 0x02, 0x11, 0xff, 0x00, 0xff, 0xd0, 0x22]
const END = [0xff, 0xd9]
const JFIF = segment(0xe0, 16)

function jpeg(...segments: readonly number[][]): Blob {
  return new Blob([new Uint8Array([0xff, 0xd8, ...segments.flat(), ...SCAN, ...END])])
}

function segment(marker: number, size = 4, text = ''): number[] {
  const content = Array.from({ length: size - 2 }, (_, at) => text.charCodeAt(at) || 0x20)
  return [0xff, marker, 0x00, size, ...content]
}

function png(...kinds: readonly string[]): Blob {
  const chunk = (kind: string): number[] => [0, 0, 0, 1, ...[...kind].map((c) => c.charCodeAt(0)), 7, 0, 0, 0, 0]
  return new Blob([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...kinds.flatMap(chunk)])])
}

describe('carriesMetadata', () => {
  it.each([
    ['a plain JPEG', jpeg(JFIF, segment(0xdb)), false],
    ['a progressive JPEG', jpeg(JFIF, SCAN, segment(0xc4)), false],
    ['a JPEG with a colour profile', jpeg(JFIF, segment(0xe2, 20, 'ICC_PROFILE')), false],
    ['a JPEG with several pictures', jpeg(JFIF, segment(0xe2, 20, 'MPF')), true],
    ['a JPEG with a preview', jpeg(segment(0xe0, 40)), true],
    ['a JPEG with a film behind its end', new Blob([jpeg(JFIF), new Uint8Array([1])]), true],
    ['a JPEG with Exif', jpeg(JFIF, segment(0xe1)), true],
    ['a JPEG with Photoshop data', jpeg(segment(0xed)), true],
    ['a JPEG with a comment', jpeg(segment(0xfe)), true],
    ['a JPEG that is cut', new Blob([new Uint8Array([0xff, 0xd8, 0xff, 0xe0, 0x00, 0x09])]), true],
    ['a plain PNG', png('IHDR', 'IDAT', 'IEND'), false],
    ['a PNG with a text', png('IHDR', 'tEXt', 'IDAT', 'IEND'), true],
    ['a PNG with Exif', png('IHDR', 'eXIf', 'IDAT', 'IEND'), true],
    ['a PNG with something behind its end', png('IHDR', 'IDAT', 'IEND', 'tEXt'), true],
    ['another kind', new Blob(['RIFF....WEBP']), true],
    ['nothing', new Blob([]), true],
  ])('%s', async (_name, file, expected) => {
    expect(await carriesMetadata(file)).toBe(expected)
  })
})

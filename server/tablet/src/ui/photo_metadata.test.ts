import { describe, expect, it } from 'vitest'
import { carriesMetadata } from './photo_metadata'

function jpeg(...segments: readonly number[][]): Blob {
  return new Blob([new Uint8Array([0xff, 0xd8, ...segments.flat(), 0xff, 0xda, 0x00, 0x02, 0x11, 0xff, 0xd9])])
}

function segment(marker: number, size = 4): number[] {
  return [0xff, marker, 0x00, size, ...Array.from({ length: size - 2 }, () => 0x20)]
}

function png(...kinds: readonly string[]): Blob {
  const chunk = (kind: string): number[] => [0, 0, 0, 1, ...[...kind].map((c) => c.charCodeAt(0)), 7, 0, 0, 0, 0]
  return new Blob([new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, ...kinds.flatMap(chunk)])])
}

describe('carriesMetadata', () => {
  it.each([
    ['a plain JPEG', jpeg(segment(0xe0), segment(0xdb)), false],
    ['a JPEG with a colour profile', jpeg(segment(0xe0), segment(0xe2)), false],
    ['a JPEG with Exif', jpeg(segment(0xe0), segment(0xe1)), true],
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

import { describe, expect, it } from 'vitest'
import { stillKept } from './kept'

const file = (name: string, contentType: string) => ({ name, contentType, part: 'a1', sha256: '', size: 1, instance: 'uuid:1' })
const KEPT = [
  file('photo.jpg', 'image/jpeg'),
  file('whole-12345678.webm', 'audio/webm'),
  file('whole-12345678-2.webm', 'audio/webm'),
  file('whole-12345678-marks.csv', 'text/csv'),
  file('talk-12345678.webm', 'video/webm'),
  file('talk-12345678-marks.csv', 'text/csv'),
]
const WHOLE = ['whole-12345678.webm', 'whole-12345678-2.webm', 'whole-12345678-marks.csv']
const TALK = ['talk-12345678.webm', 'talk-12345678-marks.csv']
const left = (xml: string, removed?: readonly string[]): readonly string[] => stillKept(xml, KEPT, removed).map(({ name }) => name)

describe('a new version', () => {
  it('has every recording with its parts, whatever its answers name, and of the rest what they name', () => {
    expect(left('<data/>')).toEqual([...WHOLE, ...TALK])
    expect(left('<data><whole>whole-87654321.webm</whole><p>photo.jpg</p></data>')).toEqual(['photo.jpg', ...WHOLE, ...TALK])
  })

  it('has no recording that was taken away, nor its parts, unless an answer names it again', () => {
    expect(left('<data/>', ['whole-12345678.webm'])).toEqual(TALK)
    expect(left('<data><w>whole-12345678.webm</w></data>', ['whole-12345678.webm', 'talk-12345678.webm'])).toEqual(WHOLE)
  })
})

import { expect, test } from 'vitest'

import { join, type Bytes } from '../store/bytes'
import { containerIndex } from './container'
import { mp4Fragment, mp4Head, webmCluster, webmHead } from './testing/webm'

const WEBM = [webmHead(), webmCluster(0, 100), webmCluster(6000, 100), webmCluster(12_000, 50)]
const MP4 = [mp4Head(48_000), mp4Fragment(0, [960, 960]), mp4Fragment(96_000, Array<number>(100).fill(960))]

test.each([
  ['audio/webm;codecs=opus', WEBM, [0, 6, 12], 15],
  ['audio/mp4;codecs=mp4a.40.2', MP4, [0, 2], 4],
] as const)('%s: pieces and length are found however the bytes are cut', (type, parts, times, length) => {
  const file = join(parts)
  const offsets = parts.slice(1).map((_, at) => join(parts.slice(0, at + 1)).length)
  for (const step of [1, 7, 1000, file.length]) {
    const index = containerIndex(type)
    for (let at = 0; at < file.length; at += step) index.push(file.subarray(at, at + step))
    expect(index.fragments).toEqual(times.map((seconds, at) => ({ at: offsets[at], seconds })))
    expect(index.seconds).toBeCloseTo(length, 1)
  }
})

test('bytes that are no container are passed over', () => {
  for (const type of ['audio/webm', 'audio/mp4']) {
    const index = containerIndex(type)
    const noise: Bytes = crypto.getRandomValues(new Uint8Array(20_000))
    index.push(noise)
    index.push(new Uint8Array(20_000))
    expect(index.seconds).toBeLessThan(Infinity)
  }
})

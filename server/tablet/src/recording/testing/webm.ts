/** WebM and MP4 as a recorder writes them, made in memory. */
import { join, utf8, type Bytes } from '../../store/bytes'

const element = (id: readonly number[], content: Uint8Array): Bytes =>
  join([Uint8Array.from(id), Uint8Array.of(0x08, 0, 0, 0, 0).fill(0, 1).map((byte, at) => (at === 0 ? byte : (content.length / 256 ** (4 - at)) & 255)), content])

const UNKNOWN = Uint8Array.of(0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)

/** The head of a file. */
export function webmHead(): Bytes {
  const info = element([0x15, 0x49, 0xa9, 0x66], element([0x2a, 0xd7, 0xb1], Uint8Array.of(0x0f, 0x42, 0x40)))
  const tracks = element([0x16, 0x54, 0xae, 0x6b], utf8('A_OPUS and more that is passed over'))
  return join([element([0x1a, 0x45, 0xdf, 0xa3], utf8('webm')), Uint8Array.of(0x18, 0x53, 0x80, 0x67), UNKNOWN, info, tracks])
}

/** A cluster at `milliseconds` with a block of random sound every 60 ms. */
export function webmCluster(milliseconds: number, blocks: number): Bytes {
  const time = Uint8Array.of(milliseconds >> 24, milliseconds >> 16, milliseconds >> 8, milliseconds)
  const sound = Array.from({ length: blocks }, (_, at) => {
    const relative = at * 60
    const payload = crypto.getRandomValues(new Uint8Array(150))
    return element([0xa3], join([Uint8Array.of(0x81, relative >> 8, relative & 255, 0x80), payload]))
  })
  return join([Uint8Array.of(0x1f, 0x43, 0xb6, 0x75), UNKNOWN, element([0xe7], time), ...sound])
}

const box = (type: string, ...content: readonly Uint8Array[]): Bytes => {
  const inner = join(content)
  return join([u32(inner.length + 8), utf8(type), inner])
}
const u32 = (value: number): Bytes => Uint8Array.of(value >> 24, value >> 16, value >> 8, value)
const zeros = (count: number): Bytes => new Uint8Array(count)

/** The head of a fragmented MP4 file with `scale` units a second. */
export function mp4Head(scale: number): Bytes {
  const mdhd = box('mdhd', zeros(12), u32(scale), u32(0), zeros(4))
  return join([box('ftyp', utf8('isom')), box('moov', box('mvhd', zeros(100)), box('trak', box('mdia', mdhd)))])
}

/** A fragment at `time` with samples of these lengths, all in units of the track. */
export function mp4Fragment(time: number, durations: readonly number[]): Bytes {
  const trun = box('trun', u32(0x301), u32(durations.length), u32(0), ...durations.flatMap((each) => [u32(each), u32(99)]))
  const traf = box('traf', box('tfhd', u32(0x020000), u32(1)), box('tfdt', u32(0), u32(time)), trun)
  return join([box('moof', box('mfhd', u32(0), u32(1)), traf), box('mdat', crypto.getRandomValues(new Uint8Array(999)))])
}

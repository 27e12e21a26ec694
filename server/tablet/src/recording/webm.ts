/** The clusters and the length of a WebM file as MediaRecorder writes it (RFC 8794, RFC 9559), read as it passes by. */
import type { ContainerIndex, Fragment } from './container'
import { PassingIndex } from './passing'

const SEGMENT = 0x18538067
const INFO = 0x1549a966
const TIMESTAMP_SCALE = 0x2ad7b1
const CLUSTER = 0x1f43b675
const TIMESTAMP = 0xe7
const BLOCK_GROUP = 0xa0
const BLOCK = 0xa1
const SIMPLE_BLOCK = 0xa3

/** Elements whose content is looked through. */
const ENTERED: ReadonlySet<number> = new Set([SEGMENT, INFO, CLUSTER, BLOCK_GROUP])
/** The first bytes that are needed of an element's content; a number up to 8, of a block its track and time. */
const READ: ReadonlyMap<number, number> = new Map([
  [TIMESTAMP_SCALE, 8],
  [TIMESTAMP, 8],
  [BLOCK, 4],
  [SIMPLE_BLOCK, 4],
])
const LONGEST_HEAD = 12
/** An Opus packet of MediaRecorder; the last one still sounds after its own time. */
const PACKET_SECONDS = 0.06

interface Head {
  readonly id: number
  readonly size: number
  readonly length: number
}

/** Reads a variable-size integer; null when it is cut. */
function vint(bytes: Uint8Array, at: number, keepMarker: boolean): { value: number; length: number } | null {
  const first = bytes[at]
  if (first === undefined) return null
  const length = Math.clz32(first) - 23
  if (length > 8 || at + length > bytes.length) return null
  let value = keepMarker ? first : first & (0xff >> length)
  const bits = 0xff >> length
  let isUnknown = (first & bits) === bits
  for (let index = 1; index < length; index += 1) {
    const byte = bytes[at + index] ?? 0
    if (byte !== 0xff) isUnknown = false
    value = value * 256 + byte
  }
  return { value: isUnknown && !keepMarker ? Infinity : value, length }
}

export class WebmIndex extends PassingIndex implements ContainerIndex {
  readonly fragments: Fragment[] = []
  seconds = 0
  #scale = 1_000_000
  #cluster = 0
  #clusterAt = 0

  protected override take(bytes: Uint8Array, at: number, offset: number): number {
    const head = this.#head(bytes, at)
    if (head === null) return bytes.length - at > LONGEST_HEAD ? 1 : 0
    if (ENTERED.has(head.id)) {
      if (head.id === CLUSTER) this.#clusterAt = offset
      return head.length
    }
    const wanted = Math.min(READ.get(head.id) ?? 0, head.size)
    const content = at + head.length
    if (content + wanted > bytes.length) return 0
    this.#read(head.id, bytes.subarray(content, content + wanted))
    return head.length + (head.size === Infinity ? 0 : head.size)
  }

  #head(bytes: Uint8Array, at: number): Head | null {
    const id = vint(bytes, at, true)
    if (id === null || id.length > 4) return null
    const size = vint(bytes, at + id.length, false)
    return size === null ? null : { id: id.value, size: size.value, length: id.length + size.length }
  }

  #read(id: number, content: Uint8Array): void {
    if (id === TIMESTAMP_SCALE) this.#scale = number(content)
    else if (id === TIMESTAMP) {
      this.#cluster = number(content)
      this.fragments.push({ at: this.#clusterAt, seconds: this.#time(0) })
    } else if (id === BLOCK || id === SIMPLE_BLOCK) {
      const track = vint(content, 0, false)?.length ?? 1
      const relative = ((((content[track] ?? 0) << 8) | (content[track + 1] ?? 0)) << 16) >> 16
      this.seconds = Math.max(this.seconds, this.#time(relative) + PACKET_SECONDS)
    }
  }

  #time(relative: number): number {
    return ((this.#cluster + relative) * this.#scale) / 1e9
  }
}

function number(bytes: Uint8Array): number {
  return bytes.reduce((value, byte) => value * 256 + byte, 0)
}

/** The fragments and the length of a fragmented MP4 file (ISO/IEC 14496-12) with one track, read as it passes by. */
import type { ContainerIndex, Fragment } from './container'
import { PassingIndex } from './passing'

const ENTERED: ReadonlySet<string> = new Set(['moov', 'trak', 'mdia', 'moof', 'traf'])
const READ: ReadonlySet<string> = new Set(['mdhd', 'tfhd', 'tfdt', 'trun'])
/** More than a `trun` of an hour in one fragment. */
const LARGEST_READ = 4 * 1024 * 1024

export class Mp4Index extends PassingIndex implements ContainerIndex {
  readonly fragments: Fragment[] = []
  seconds = 0
  #scale = 0
  #fragmentAt = 0
  #time = 0
  #defaultDuration = 0

  protected override take(bytes: Uint8Array, at: number, offset: number): number {
    if (at + 8 > bytes.length) return 0
    const view = new DataView(bytes.buffer, bytes.byteOffset)
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8))
    let size = view.getUint32(at)
    let head = 8
    if (size === 1) {
      if (at + 16 > bytes.length) return 0
      size = Number(view.getBigUint64(at + 8))
      head = 16
    }
    if (size < head) return Infinity
    if (ENTERED.has(type)) {
      if (type === 'moof') this.#fragmentAt = offset
      return head
    }
    if (!READ.has(type) || size > LARGEST_READ) return size
    if (at + size > bytes.length) return 0
    this.#read(type, new DataView(bytes.buffer, bytes.byteOffset + at + head, size - head))
    return size
  }

  #read(type: string, box: DataView): void {
    const version = box.getUint8(0)
    const flags = box.getUint32(0) & 0xffffff
    if (type === 'mdhd') this.#scale = box.getUint32(version === 1 ? 20 : 12)
    else if (type === 'tfhd') this.#defaultDuration = defaultDuration(box, flags)
    else if (type === 'tfdt') {
      this.#time = version === 1 ? Number(box.getBigUint64(4)) : box.getUint32(4)
      this.fragments.push({ at: this.#fragmentAt, seconds: this.#inSeconds(this.#time) })
    } else this.seconds = Math.max(this.seconds, this.#inSeconds(this.#time + this.#sum(box, flags)))
  }

  /** The length of a run of samples, in units of the track. */
  #sum(box: DataView, flags: number): number {
    const samples = box.getUint32(4)
    if ((flags & 0x100) === 0) return samples * this.#defaultDuration
    let at = 8 + ((flags & 1) === 0 ? 0 : 4) + ((flags & 4) === 0 ? 0 : 4)
    const step = 4 * [0x100, 0x200, 0x400, 0x800].filter((flag) => (flags & flag) !== 0).length
    let sum = 0
    for (let sample = 0; sample < samples && at + 4 <= box.byteLength; sample += 1, at += step) sum += box.getUint32(at)
    return sum
  }

  #inSeconds(units: number): number {
    return this.#scale === 0 ? 0 : units / this.#scale
  }
}

function defaultDuration(box: DataView, flags: number): number {
  if ((flags & 8) === 0) return 0
  return box.getUint32(8 + ((flags & 1) === 0 ? 0 : 8) + ((flags & 2) === 0 ? 0 : 4))
}

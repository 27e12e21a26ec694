/** Comparing two sets of item hashes by 256 buckets, and by the buckets of those: Reconciliation in protocol.md. */
import { isObject } from '../store/feed_bodies'
import { sha256Hex } from '../store/bytes'
import { Malformed } from './failures'

const DIGEST_DIGITS = 32
/** A part of at most so many items is given as their hashes. */
const LIST_AT_MOST = 64
const PREFIX_DIGITS_AT_MOST = 16
/** Prefixes in one call. */
const PREFIXES_AT_MOST = 32
/** What one comparison asks for and reads, whatever the place says. */
const QUESTIONS_AT_MOST = 2000
const ENTRIES_AT_MOST = 40_000
const FOUND_AT_MOST = 1000

/** How many items a bucket has, and the digest of their hashes. */
interface Bucket {
  readonly count: number
  readonly digest: string
}

/** What a set holds under a prefix: its hashes if they are few, else its buckets by the next two digits. */
export interface Part {
  readonly prefix: string
  readonly count: number
  readonly hashes: readonly string[]
  readonly buckets: ReadonlyMap<string, Bucket> | null
}

/** The part of a set under a prefix; `hashes` are those that begin with it, ascending, each once. */
export async function summarise(prefix: string, hashes: readonly string[]): Promise<Part> {
  if (hashes.length > LIST_AT_MOST && prefix.length < PREFIX_DIGITS_AT_MOST) {
    return { prefix, count: hashes.length, hashes: [], buckets: await bucketsOf(prefix, hashes) }
  }
  const few = hashes.slice(0, LIST_AT_MOST)
  return { prefix, count: few.length, hashes: few, buckets: null }
}

/** Checks what a place answered for a prefix. Raises `Malformed`. */
export function readPart(prefix: string, value: unknown): Part {
  if (!isObject(value) || value['prefix'] !== prefix) throw new Malformed('reconcile')
  const { count, hashes, buckets } = value
  const isList = hashes !== undefined
  if (isList === (buckets !== undefined) || Object.keys(value).length !== 3) throw new Malformed('reconcile')
  if (!isList && prefix.length >= PREFIX_DIGITS_AT_MOST) throw new Malformed('reconcile')
  const list = isList ? readHashes(prefix, hashes) : []
  const read = isList ? null : readBuckets(buckets)
  const total = read === null ? list.length : [...read.values()].reduce((sum, bucket) => sum + bucket.count, 0)
  if (total !== count) throw new Malformed('reconcile')
  return { prefix, count: total, hashes: list, buckets: read }
}

/**
 * This tablet's set against a place's. Ask for `questions()`, hand their parts to `take`, until there are no more. It
 * ends in bounds whatever the place says; `isComplete` says whether everything was seen.
 */
export class Comparison {
  readonly missing: string[] = []
  readonly surplus: string[] = []
  isComplete = true
  /** Items that the place says to have. */
  compared = 0
  private asked = 0
  private entries = 0
  private differs = false
  private open = ['']

  /** `own` ascending, each once. */
  constructor(private readonly own: readonly string[]) {}

  /** Digests differ that should not: everything below them is equal. */
  get isUnclear(): boolean {
    return this.differs && this.isComplete && this.found === 0
  }

  questions(): readonly string[] {
    const left = Math.min(PREFIXES_AT_MOST, QUESTIONS_AT_MOST - this.asked)
    if (this.open.length > 0 && (left <= 0 || this.entries >= ENTRIES_AT_MOST || this.found >= FOUND_AT_MOST)) {
      this.isComplete = false
      this.open = []
    }
    return this.open.slice(-left).reverse()
  }

  /** Compares the parts that were asked for, in the order of the questions. */
  async take(parts: readonly Part[]): Promise<void> {
    this.open.splice(this.open.length - parts.length)
    this.asked += parts.length
    const following: string[] = []
    for (const part of parts) {
      this.entries += part.buckets?.size ?? part.hashes.length
      if (part.prefix === '') this.compared = part.count
      if (part.buckets === null) this.walk(under(this.own, part.prefix), part.hashes)
      else following.push(...(await this.differing(part.prefix, part.buckets)))
    }
    this.open.push(...following.reverse())
  }

  private get found(): number {
    return this.missing.length + this.surplus.length
  }

  private async differing(prefix: string, theirs: ReadonlyMap<string, Bucket>): Promise<string[]> {
    const mine = await bucketsOf(prefix, under(this.own, prefix))
    const names = [...new Set([...mine.keys(), ...theirs.keys()])].sort()
    const following: string[] = []
    for (const name of names) {
      const [ours, other] = [mine.get(name), theirs.get(name)]
      if (ours?.count === other?.count && ours?.digest === other?.digest) continue
      this.differs = true
      if (other === undefined) this.walk(under(this.own, prefix + name), [])
      else following.push(prefix + name)
    }
    return following
  }

  private walk(mine: readonly string[], theirs: readonly string[]): void {
    const [ours, others] = [new Set(mine), new Set(theirs)]
    this.note(this.missing, mine.filter((hash) => !others.has(hash)))
    this.note(this.surplus, theirs.filter((hash) => !ours.has(hash)))
  }

  private note(list: string[], hashes: readonly string[]): void {
    const room = FOUND_AT_MOST - this.found
    if (hashes.length > room) this.isComplete = false
    list.push(...hashes.slice(0, room))
  }
}

async function bucketsOf(prefix: string, hashes: readonly string[]): Promise<Map<string, Bucket>> {
  const members = new Map<string, string[]>()
  for (const hash of hashes) {
    const name = hash.slice(prefix.length, prefix.length + 2)
    const bucket = members.get(name)
    if (bucket === undefined) members.set(name, [hash])
    else bucket.push(hash)
  }
  const found = new Map<string, Bucket>()
  for (const [name, bucket] of members) found.set(name, { count: bucket.length, digest: await digestOf(bucket) })
  return found
}

/** The first 16 bytes of the SHA-256 over ascending hashes, one behind the other, in hexadecimal. */
async function digestOf(hashes: readonly string[]): Promise<string> {
  const digits = hashes.join('')
  const bytes = Uint8Array.from({ length: digits.length / 2 }, (_, at) => parseInt(digits.slice(2 * at, 2 * at + 2), 16))
  return (await sha256Hex(bytes)).slice(0, DIGEST_DIGITS)
}

function under(hashes: readonly string[], prefix: string): readonly string[] {
  return prefix === '' ? hashes : hashes.filter((hash) => hash.startsWith(prefix))
}

function readHashes(prefix: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length > LIST_AT_MOST) throw new Malformed('reconcile')
  const hashes: string[] = []
  for (const hash of value as unknown[]) {
    if (typeof hash !== 'string' || !/^[0-9a-f]{64}$/.test(hash) || !hash.startsWith(prefix)) throw new Malformed('reconcile')
    if (hash <= (hashes.at(-1) ?? '')) throw new Malformed('reconcile')
    hashes.push(hash)
  }
  return hashes
}

function readBuckets(value: unknown): Map<string, Bucket> {
  if (!isObject(value)) throw new Malformed('reconcile')
  const buckets = new Map<string, Bucket>()
  for (const [name, bucket] of Object.entries(value)) {
    if (!/^[0-9a-f]{2}$/.test(name) || !Array.isArray(bucket) || bucket.length !== 2) throw new Malformed('reconcile')
    const [count, digest] = bucket as unknown[]
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) throw new Malformed('reconcile')
    if (typeof digest !== 'string' || !/^[0-9a-f]{32}$/.test(digest)) throw new Malformed('reconcile')
    buckets.set(name, { count, digest })
  }
  return buckets
}

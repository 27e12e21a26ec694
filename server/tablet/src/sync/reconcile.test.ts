/** The shared vectors of reconciliation, and bounds that no place can move. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import { sha256Hex, utf8 } from '../store/bytes'
import { Malformed } from './failures'
import { Comparison, readPart, summarise, type Part } from './reconcile'
import { partJson } from './testing/central'

interface Vector {
  readonly seed: number
  readonly items: number
  readonly prefix: string
  readonly sha256: string
  readonly part?: unknown
}

const FILE = fileURLToPath(new URL('../../../../tests/vectors/reconcile/parts.json', import.meta.url))
const VECTORS = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Vector[]

async function hashesOf(seed: number, items: number): Promise<string[]> {
  return (await Promise.all(Array.from({ length: items }, (_, index) => sha256Hex(utf8(`${seed} ${index}`))))).sort()
}

function lines({ hashes, buckets }: Part): readonly string[] {
  if (buckets === null) return hashes
  return [...buckets].map(([name, { count, digest }]) => `${name} ${count} ${digest}`).sort()
}

async function compare(own: readonly string[], theirs: readonly string[]): Promise<Comparison> {
  const comparison = new Comparison(own)
  for (let prefixes = comparison.questions(); prefixes.length > 0; prefixes = comparison.questions()) {
    const parts = prefixes.map(async (prefix) =>
      readPart(prefix, partJson(await summarise(prefix, theirs.filter((hash) => hash.startsWith(prefix))))),
    )
    await comparison.take(await Promise.all(parts))
  }
  return comparison
}

test.each(VECTORS)('a part of set $seed under "$prefix" is the same on both sides', async ({ seed, items, prefix, sha256, part }) => {
  const hashes = (await hashesOf(seed, items)).filter((hash) => hash.startsWith(prefix))
  const found = await summarise(prefix, hashes)
  const said = partJson(found)
  expect(await sha256Hex(utf8(lines(found).join('\n')))).toBe(sha256)
  if (part !== undefined) expect(said).toEqual(part)
  expect(partJson(readPart(prefix, said))).toEqual(said)
})

test('what is found is exactly the difference', async () => {
  const every = await hashesOf(9, 1200)
  const own = every.filter((_, index) => index % 400 !== 1)
  const theirs = every.filter((_, index) => index % 300 !== 2)
  const found = await compare(own, theirs)
  expect(found.missing.sort()).toEqual(own.filter((hash) => !theirs.includes(hash)))
  expect(found.surplus.sort()).toEqual(theirs.filter((hash) => !own.includes(hash)))
  expect(found).toMatchObject({ isComplete: true, isUnclear: false, compared: theirs.length })
  expect(found.missing.length + found.surplus.length).toBe(7)
})

test('a place whose digests never agree comes to an end', async () => {
  const buckets = Object.fromEntries(Array.from({ length: 256 }, (_, at) => [at.toString(16).padStart(2, '0'), [9, '0'.repeat(32)]]))
  const comparison = new Comparison(await hashesOf(1, 100))
  let calls = 0
  for (let prefixes = comparison.questions(); prefixes.length > 0; prefixes = comparison.questions()) {
    await comparison.take(
      prefixes.map((prefix) =>
        readPart(prefix, prefix.length < 16 ? { prefix, count: 2304, buckets } : { prefix, count: 0, hashes: [] }),
      ),
    )
    calls += 1
  }
  expect(comparison.isComplete).toBe(false)
  expect(calls).toBeLessThan(20)
})

const HASH = 'ab'.repeat(32)
const LIST = { prefix: '', count: 1, hashes: [HASH] }
const BUCKETS = { prefix: '', count: 1, buckets: { ab: [1, '0'.repeat(32)] } }

test.each([
  null,
  5,
  [],
  {},
  { ...LIST, prefix: 'ab' },
  { ...LIST, count: 2 },
  { ...LIST, more: 1 },
  { ...LIST, hashes: null },
  { ...LIST, hashes: [HASH.toUpperCase()] },
  { ...LIST, hashes: [HASH.slice(2)] },
  { ...LIST, count: 2, hashes: [HASH, HASH] },
  { ...LIST, count: 2, hashes: [HASH, '0'.repeat(64)] },
  { ...LIST, count: 65, hashes: Array.from({ length: 65 }, (_, at) => at.toString(16).padStart(64, '0')) },
  { ...BUCKETS, hashes: [HASH] },
  { ...BUCKETS, count: 2 },
  { ...BUCKETS, buckets: [] },
  { ...BUCKETS, buckets: { a: [1, '0'.repeat(32)] } },
  { ...BUCKETS, count: 0, buckets: { ab: [0, '0'.repeat(32)] } },
  { ...BUCKETS, buckets: { ab: [1, '0'.repeat(31)] } },
  { ...BUCKETS, buckets: { ab: 1 } },
])('an answer of another shape is refused: %j', (value) => {
  expect(() => readPart('', value)).toThrow(Malformed)
})

import { expect, test } from 'vitest'

import { openBody, verifyBody } from '../envelope'
import { join, randomBytes, sha256Hex, type Bytes } from '../store/bytes'
import { BodyFile, closeBody, readSound } from './body_file'
import { MemoryHandle } from './testing/files'
import { webmCluster, webmHead } from './testing/webm'

const TYPE = 'audio/webm;codecs=opus'
const SLICES = [webmHead(), webmCluster(0, 16), webmCluster(960, 17), webmCluster(1980, 500)]
const SOUND = join(SLICES)

async function written(key: Bytes, handle = new MemoryHandle()): Promise<{ handle: MemoryHandle; ends: number[] }> {
  const file = await BodyFile.create(handle, key, TYPE)
  const ends: number[] = []
  for (const slice of SLICES) {
    await file.append(slice)
    expect(handle.flushed).toBe(handle.bytes.length)
    ends.push(handle.bytes.length)
  }
  file.release()
  return { handle, ends }
}

async function content(handle: MemoryHandle, key: Bytes, commitment: string): Promise<Bytes> {
  const parts: Bytes[] = []
  for await (const part of openBody(handle.bytes, key, commitment)) parts.push(part)
  return join(parts)
}

test('what was recorded is a whole body for every reader, and closing it again changes nothing', async () => {
  const key = randomBytes(32)
  const { handle } = await written(key)
  const { body } = await closeBody(handle, key, TYPE)
  expect(body.sealed.size).toBe(handle.bytes.length)
  await verifyBody(handle.bytes, body.sealed)
  expect(Buffer.compare(await content(handle, key, body.sealed.keyCommitment), SOUND)).toBe(0)
  expect(body).toMatchObject({ sha256: await sha256Hex(SOUND), size: SOUND.length })
  expect(body.seconds).toBeCloseTo(1.98 + 30, 1)
  const before = handle.bytes
  expect((await closeBody(handle, key, TYPE)).body).toEqual(body)
  expect(handle.bytes).toBe(before)
})

test('cut anywhere, all slices that were whole are there, and no nonce seals two contents', async () => {
  const key = randomBytes(32)
  const { handle: whole, ends } = await written(key)
  const cuts = [...ends, ...ends.map((end) => end - 1), ends[1]! + 3, ends[1]! + 4, ends[2]! + 30_000, whole.bytes.length - 1]
  for (const cut of cuts) {
    const handle = new MemoryHandle()
    handle.bytes = whole.bytes.slice(0, cut)
    const { body } = await closeBody(handle, key, TYPE)
    await verifyBody(handle.bytes, body.sealed)
    const found = await content(handle, key, body.sealed.keyCommitment)
    const slices = ends.filter((end) => end <= cut).length
    // The last slice is longer than a chunk: a cut inside it may leave its first chunks.
    expect(found.length).toBeGreaterThanOrEqual(join(SLICES.slice(0, slices)).length)
    expect(Buffer.compare(found, SOUND.subarray(0, found.length))).toBe(0)
  }
})

test('a file without a header holds nothing', async () => {
  await expect(closeBody(new MemoryHandle(), randomBytes(32), TYPE)).rejects.toMatchObject({ code: 'envelope.body.malformed' })
})

test('a full disk ends it with what there is, and nothing can follow', async () => {
  const key = randomBytes(32)
  const handle = new MemoryHandle(webmHead().length + webmCluster(0, 16).length + 500)
  const file = await BodyFile.create(handle, key, TYPE)
  await file.append(SLICES[0]!)
  await file.append(SLICES[1]!)
  await expect(file.append(SLICES[2]!)).rejects.toMatchObject({ name: 'QuotaExceededError' })
  handle.room = Infinity
  await expect(file.append(SLICES[2]!)).rejects.toMatchObject({ name: 'QuotaExceededError' })
  const { body } = await closeBody(handle, key, TYPE)
  expect(Buffer.compare(await content(handle, key, body.sealed.keyCommitment), join(SLICES.slice(0, 2)))).toBe(0)
})

test('any stretch of the sound can be read', async () => {
  const key = randomBytes(32)
  const { handle } = await written(key)
  const { pieces } = await closeBody(handle, key, TYPE)
  for (const [from, to] of [[0, 10], [50, 5000], [SOUND.length - 10, Infinity], [100, 100], [0, Infinity]] as const) {
    expect(Buffer.compare(await readSound(handle, key, pieces, from, to), SOUND.subarray(from, Math.min(to, SOUND.length)))).toBe(0)
  }
})

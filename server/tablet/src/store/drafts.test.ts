import { beforeEach, expect, test } from 'vitest'

import { canary } from '../sync/testing/central'
import { browser, content, enrolled, PIN, type TestTablet } from '../sync/testing/tablet'
import type { Tablet } from '../services'
import { openTablet } from '../tablet'
import { randomBytes, utf8 } from './bytes'
import { Gate } from './gate'
import type { OpenKeys } from './keys'
import { sealFor } from './sealed'
import { asStored, everythingStored } from './testing/stored'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

async function bytesOf(file: Blob): Promise<Uint8Array> {
  return new Uint8Array(await file.arrayBuffer())
}

/** The same tablet after the app was closed and opened, with its PIN. */
async function reopened(): Promise<Tablet> {
  const again = await openTablet(browser(own.database, own.central.fetch))
  await again.unlock(PIN)
  return again
}

async function openedGate(): Promise<{ readonly keys: OpenKeys }> {
  const gate = new Gate(own.database)
  await gate.unlock(PIN)
  return { keys: gate.open() }
}

test('a draft comes back as it was saved, also after the app was closed and opened', async () => {
  const id = await own.tablet.drafts.create(own.form, content('Ана'))
  await own.tablet.drafts.save(id, content('Мария'))
  const again = await openTablet(browser(own.database, own.central.fetch))
  expect(await again.state()).toBe('locked')
  await expect(again.drafts.load(id)).rejects.toMatchObject({ code: 'tablet.locked' })
  await again.unlock(PIN)
  const { summary, content: loaded } = await again.drafts.load(id)
  expect(loaded).toEqual(content('Мария'))
  expect(summary).toMatchObject({ id, form: { id: 'household', version: own.form.version }, progress: { answered: 1, asked: 30 } })
})

test('nothing answered lies in clear in the database: no text, no file name, no byte of a file', async () => {
  const [answer, name, inside] = [canary(), `${canary()}.jpg`, canary()]
  const id = await own.tablet.drafts.create(own.form, content(answer))
  await own.tablet.drafts.save(id, content(answer))
  await own.tablet.drafts.putAttachment(id, name, new Blob([inside], { type: 'image/x-canary' }))
  const stored = await everythingStored(own.database)
  expect(stored).toContain(asStored(id))
  for (const secret of [answer, name, inside, 'image/x-canary', '/data/name']) expect(stored).not.toContain(asStored(secret))
  // The search would find it, were it there.
  await own.database.contents.put({ hash: 'x', bytes: new TextEncoder().encode(`.. ${answer} ..`) })
  expect(await everythingStored(own.database)).toContain(asStored(answer))
})

test('a journal only grows, in the write that keeps the answer, sealed as it is, and goes with the draft', async () => {
  const [secret, more] = [canary(), canary()]
  const id = await own.tablet.drafts.create(own.form, content('a'), secret)
  await own.tablet.drafts.save(id, content('b'))
  await own.tablet.drafts.save(id, content('c'), more)
  const other = await own.tablet.drafts.create(own.form, content('d'), 'another')
  expect(await own.tablet.drafts.journal(id)).toEqual([secret, more])
  for (const each of [secret, more]) expect(await everythingStored(own.database)).not.toContain(asStored(each))
  const second = await openTablet(browser(own.database, own.central.fetch))
  await second.unlock(PIN)
  // A write that does not count notes nothing.
  await expect(second.drafts.save(id, content('e'), 'lost')).rejects.toMatchObject({ code: 'draft.elsewhere' })
  expect(await second.drafts.journal(id)).toEqual([secret, more])
  await own.tablet.drafts.discard(id)
  expect(await own.tablet.drafts.journal(id)).toEqual([])
  expect(await own.tablet.drafts.journal(other)).toEqual(['another'])
})

test('files of any size come back byte by byte; a file of the same name takes the place of the first', async () => {
  const id = await own.tablet.drafts.create(own.form, content(''))
  const large = randomBytes(60_000)
  const blob = new Blob([...Array<Uint8Array<ArrayBuffer>>(40).fill(large)], { type: 'image/jpeg' })
  await own.tablet.drafts.putAttachment(id, 'a.jpg', new Blob(['first']))
  await own.tablet.drafts.putAttachment(id, 'a.jpg', blob)
  await own.tablet.drafts.putAttachment(id, 'empty.txt', new Blob([]))
  const file = await own.tablet.drafts.attachment(id, 'a.jpg')
  expect([file.name, file.type, file.size]).toEqual(['a.jpg', 'image/jpeg', 2_400_000])
  expect(await bytesOf(file)).toEqual(await bytesOf(blob))
  expect((await own.tablet.drafts.attachment(id, 'empty.txt')).size).toBe(0)
  expect((await own.tablet.drafts.attachments(id)).map((each) => each.name).sort()).toEqual(['a.jpg', 'empty.txt'])
  expect(await own.database.draftChunks.count()).toBe(4)
  await own.tablet.drafts.removeAttachment(id, 'a.jpg')
  await expect(own.tablet.drafts.attachment(id, 'a.jpg')).rejects.toMatchObject({ code: 'attachment.unknown' })
})

test('discarding leaves nothing of a draft, and of no other', async () => {
  const [id, other] = [await own.tablet.drafts.create(own.form, content('a')), await own.tablet.drafts.create(own.form, content('b'))]
  for (const each of [id, other]) await own.tablet.drafts.putAttachment(each, 'a.jpg', new Blob(['x']))
  await own.tablet.drafts.discard(id)
  expect((await own.tablet.drafts.list()).map((draft) => draft.id)).toEqual([other])
  expect(await own.database.draftChunks.count()).toBe(1)
  expect(await bytesOf(await own.tablet.drafts.attachment(other, 'a.jpg'))).toEqual(new TextEncoder().encode('x'))
  await expect(own.tablet.drafts.putAttachment(id, 'b', new Blob(['x']))).rejects.toMatchObject({ code: 'draft.unknown' })
})

test('saves of one draft end in the order in which they were asked for', async () => {
  const id = await own.tablet.drafts.create(own.form, content('0'))
  await Promise.all(Array.from({ length: 20 }, (_, at) => own.tablet.drafts.save(id, content(String(at)))))
  expect((await own.tablet.drafts.load(id)).content).toEqual(content('19'))
})

test('a second tab cannot overwrite what it has not seen', async () => {
  const id = await own.tablet.drafts.create(own.form, content('first'))
  const other = await openTablet(browser(own.database, own.central.fetch))
  await other.unlock(PIN)
  await other.drafts.load(id)
  await own.tablet.drafts.save(id, content('second'))
  await expect(other.drafts.save(id, content('third'))).rejects.toMatchObject({ code: 'draft.elsewhere' })
  expect((await own.tablet.drafts.load(id)).content).toEqual(content('second'))
})

test('pieces that a kill left behind go at the next start, and nothing else does', async () => {
  const id = await own.tablet.drafts.create(own.form, content('a'))
  await own.tablet.drafts.putAttachment(id, 'a.jpg', new Blob(['x']))
  const [chunk] = await own.database.draftChunks.toArray()
  if (chunk === undefined) throw new Error('no chunk')
  await own.database.draftChunks.add({ ...chunk, attachment: 'orphan' })
  await own.database.bodies.add({ body: 'orphan', index: 0, bytes: randomBytes(5) })
  const again = await openTablet(browser(own.database, own.central.fetch))
  await again.unlock(PIN)
  expect(await own.database.draftChunks.count()).toBe(1)
  expect(await own.database.bodies.count()).toBe(0)
  expect((await again.drafts.attachment(id, 'a.jpg')).size).toBe(1)
})

test('a draft that does not open is set aside and kept with its code, and the others go on', async () => {
  const sound = await own.tablet.drafts.create(own.form, content('sound'))
  const flipped = await own.tablet.drafts.create(own.form, content('flipped'))
  const foreign = await own.tablet.drafts.create(own.form, content('foreign'))
  const row = await own.database.drafts.get(flipped)
  if (row === undefined) throw new Error('no draft')
  const bytes = row.content.bytes.slice()
  bytes[3] = (bytes[3] ?? 0) ^ 1
  await own.database.drafts.update(flipped, { content: { ...row.content, bytes } })
  const { drafts } = (await openedGate()).keys
  await own.database.drafts.update(foreign, { content: await sealFor(drafts, `draft/${foreign}/content`, utf8('{"v":1}')) })
  const again = await reopened()

  const listed = new Map((await again.drafts.list()).map((draft) => [draft.id, draft.setAside]))
  expect(listed).toEqual(new Map([[sound, null], [flipped, 'draft.sealed'], [foreign, 'draft.malformed']]))
  await expect(again.drafts.load(flipped)).rejects.toMatchObject({ code: 'draft.sealed' })
  await expect(again.drafts.load(foreign)).rejects.toMatchObject({ code: 'draft.malformed' })
  await expect(again.drafts.save(flipped, content('over it'))).rejects.toMatchObject({ code: 'draft.elsewhere' })
  expect((await again.drafts.load(sound)).content).toEqual(content('sound'))
  expect((await own.database.drafts.get(flipped))?.content.bytes).toEqual(bytes)
  expect((await own.database.drafts.get(flipped))?.setAside).toBe('draft.sealed')
})

test('a file whose name does not open stays and is unknown; the other files of the draft go on', async () => {
  const id = await own.tablet.drafts.create(own.form, content(''))
  await own.tablet.drafts.putAttachment(id, 'a.jpg', new Blob(['a']))
  await own.tablet.drafts.putAttachment(id, 'b.jpg', new Blob(['b']))
  const [row] = await own.database.draftAttachments.toArray()
  if (row === undefined) throw new Error('no file')
  await own.database.draftAttachments.update(row.id, { about: { ...row.about, bytes: randomBytes(40) } })
  expect(await own.tablet.drafts.attachments(id)).toHaveLength(1)
  expect(await own.database.draftAttachments.count()).toBe(2)
})

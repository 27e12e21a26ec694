import { beforeEach, expect, test, vi } from 'vitest'

import { openPart, openRecord, verifyCover, type Cover } from '../envelope'
import { fromUtf8, join, type Bytes } from '../store/bytes'
import { Bodies } from '../store/bodies'
import { asStored, everythingStored } from '../store/testing/stored'
import { TestCentral } from '../sync/testing/central'
import { browser, content, freshDatabase, instanceXml, PIN, type TestTablet } from '../sync/testing/tablet'
import { openTablet } from '../tablet'
import { partName, type Recordings } from './recordings'
import { MemoryFiles } from './testing/files'
import { webmCluster, webmHead } from './testing/webm'

const TYPE = 'audio/webm;codecs=opus'
const ANSWER = 'recording-1a2b3c4d.webm'
const FIRST = join([webmHead(), webmCluster(0, 50)])
const SECOND = join([webmHead(), webmCluster(0, 100)])

let own: TestTablet
let files: MemoryFiles
let recordings: Recordings
let draft: string

beforeEach(async () => {
  files = new MemoryFiles()
  const central = await TestCentral.create()
  await central.publish('household', '{"v":1}')
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, central.fetch, { recordings: files }))
  await tablet.enrol(central.link(), PIN)
  const [form] = await tablet.forms.current()
  if (form === undefined) throw new Error('the form did not arrive')
  own = { tablet, database, central, form }
  draft = await tablet.drafts.create(form, content('answer'))
  recordings = (tablet as unknown as { recordings: Recordings }).recordings
})

async function record(sound: Bytes, note = ''): Promise<string> {
  const part = await recordings.begin(draft, ANSWER, TYPE)
  await files.append(part.id, sound)
  if (note !== '') {
    await recordings.keepLog(part.id, part.logKey, [{ kind: 'note', seconds: 1, at: '2026-01-01T10:00:00.000Z', text: note }])
  }
  return part.id
}

test('the parts go into the record as they were sealed, with what was noted; nothing else is sealed anew', async () => {
  const first = await record(FIRST, 'erste Notiz')
  await record(new Uint8Array(0))
  await record(SECOND)
  const sealedBefore = files.handles.get(first)?.bytes ?? new Uint8Array(0)
  await own.tablet.finisher.finish(draft, instanceXml('uuid:1', 'a'), 'de', [ANSWER])
  const items = await own.database.items.orderBy('number').toArray()
  expect(items.map(({ part, priority }) => [part, priority])).toEqual([['record', 0], ['a1', 2], ['a2', 2], ['a3', 1]])
  const body = files.handles.get(first)?.bytes ?? new Uint8Array(0)
  expect(items[1]?.body).toBe(first)
  expect(Buffer.compare(body.subarray(0, sealedBefore.length), sealedBefore)).toBe(0)
  const bodies = new Bodies(own.database, files)
  const opened: Bytes[] = []
  let manifest: readonly { readonly name: string }[] = []
  for (const item of items) {
    const cover = await verifyCover((await own.database.covers.get(item.hash))?.bytes ?? new Uint8Array(0))
    const whole = await bodies.read(item.body, 0, item.size)
    if (item.part === 'record') manifest = (await openRecord(cover, whole, keys(cover))).attachments
    const pieces: Bytes[] = []
    for await (const piece of openPart(cover, whole, keys(cover))) pieces.push(piece)
    opened.push(join(pieces))
  }
  expect(manifest.map(({ name }) => name)).toEqual([ANSWER, 'recording-1a2b3c4d-2.webm', 'recording-1a2b3c4d-marks.csv'])
  expect(Buffer.compare(opened[1] ?? FIRST.subarray(1), FIRST)).toBe(0)
  expect(Buffer.compare(opened[2] ?? SECOND.subarray(1), SECOND)).toBe(0)
  expect(fromUtf8(opened[3] ?? new Uint8Array(0))).toContain('erste Notiz')
  expect(await own.database.recordings.count()).toBe(0)
})

function keys(cover: Cover): ReadonlyMap<string, Bytes> {
  return new Map([[cover.recipients[0]?.key ?? '', own.central.seed]])
}

test('sealed while it runs, keys and notes too; and it goes on while the app is locked', async () => {
  const part = await recordings.begin(draft, ANSWER, TYPE)
  own.tablet.lock()
  await files.append(part.id, FIRST)
  await recordings.keepLog(part.id, part.logKey, [{ kind: 'note', seconds: 1, at: '', text: 'geheime Notiz' }])
  const stored = await everythingStored(own.database)
  expect(stored).not.toContain(asStored('geheime Notiz'))
  expect(stored).not.toContain(Buffer.from(part.key).toString('hex'))
  expect(Buffer.from(files.handles.get(part.id)?.bytes ?? []).includes('A_OPUS')).toBe(false)
  await own.tablet.unlock(PIN)
  const [found] = await recordings.parts(draft, ANSWER)
  expect(found?.log).toMatchObject([{ text: 'geheime Notiz' }])
  expect(Buffer.compare(await recordings.sound(draft, found!.id, 0, Infinity), FIRST)).toBe(0)
})

test('files of a draft or of a sealed item are never swept; others are, and a discarded draft leaves none', async () => {
  const kept = await record(FIRST)
  await files.begin('rec-nobody', new Uint8Array(32), TYPE)
  await recordings.sweep()
  expect(await files.list()).toEqual([kept])
  await own.tablet.finisher.finish(draft, instanceXml('uuid:2', 'a'), 'de', [ANSWER])
  await recordings.sweep()
  expect(await files.list()).toEqual([kept])
  draft = await own.tablet.drafts.create(own.form, content('other'))
  await record(SECOND)
  await own.tablet.drafts.discard(draft)
  expect(await files.list()).toEqual([kept])
})

test('a recording that holds no sound is said to be missing, and the draft stays', async () => {
  await record(new Uint8Array(0))
  const failed = own.tablet.finisher.finish(draft, instanceXml('uuid:3', 'a'), 'de', [ANSWER])
  await expect(failed).rejects.toMatchObject({ code: 'attachment.unknown' })
  expect(await own.tablet.drafts.list()).toHaveLength(1)
})

test('an answer that was taken back keeps its recording until the draft is sealed, which then goes without it', async () => {
  const taken = await record(FIRST)
  const named = await recordings.begin(draft, 'other-1.webm', TYPE)
  await files.append(named.id, SECOND)
  await own.tablet.drafts.removeAttachment(draft, ANSWER)
  expect(await recordings.answers(draft)).toEqual(expect.arrayContaining([ANSWER, 'other-1.webm']))
  expect(await recordings.parts(draft, ANSWER)).toHaveLength(1)
  await own.tablet.finisher.finish(draft, instanceXml('uuid:4', 'a'), 'de', ['other-1.webm'])
  await vi.waitFor(async () => expect(await files.list()).toEqual([named.id]))
  expect(taken).not.toBe(named.id)
})

test('parts are named after the answer', () => {
  expect([1, 2, 12].map((number) => partName('a.b.webm', number))).toEqual(['a.b.webm', 'a.b-2.webm', 'a.b-12.webm'])
})

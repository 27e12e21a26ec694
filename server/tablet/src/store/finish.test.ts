import Dexie from 'dexie'
import { beforeEach, expect, test, vi } from 'vitest'

import { openPart, openRecord, verifyCover, type Cover } from '../envelope'
import { canary } from '../sync/testing/central'
import { content, enrolled, instanceXml, interview, type TestTablet } from '../sync/testing/tablet'
import { randomBytes, join, type Bytes } from './bytes'
import { instanceIds } from './instance_ids'
import { mediaType } from './sealing'
import { asStored, everythingStored } from './testing/stored'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

async function covers(): Promise<Cover[]> {
  const items = await own.database.items.orderBy('number').toArray()
  const rows = await own.database.covers.bulkGet(items.map((item) => item.hash))
  return Promise.all(rows.map((row) => verifyCover(row?.bytes ?? new Uint8Array())))
}

async function bodyOf(cover: Cover): Promise<Bytes> {
  const item = await own.database.items.where('number').equals(cover.signer.number).first()
  const pieces = await own.database.bodies.where('[body+index]').between([item?.body, 0], [item?.body, Infinity]).toArray()
  return join(pieces.map((piece) => piece.bytes))
}

function privateKeys(cover: Cover): ReadonlyMap<string, Bytes> {
  return new Map([[cover.recipients[0]?.key ?? '', own.central.seed]])
}

test('a finished interview opens with the intake key, attachments and all, and leaves no draft', async () => {
  const photo = randomBytes(50_000)
  const many = new Blob([...Array<Bytes>(50).fill(photo)], { type: 'image/jpeg; x=1' })
  const instance = await interview(own, 'Ана', many)
  const [record, attachment] = await covers()
  if (record === undefined || attachment === undefined) throw new Error('not both parts')
  const opened = await openRecord(record, await bodyOf(record), privateKeys(record))
  expect(opened).toMatchObject({ instanceXml: instanceXml(instance, 'Ана'), language: 'de' })
  expect(opened.attachments).toMatchObject([{ part: 'a1', name: 'photo.jpg', contentType: 'image/jpeg', size: 2_500_000 }])
  const parts: Bytes[] = []
  for await (const part of openPart(attachment, await bodyOf(attachment), privateKeys(attachment))) parts.push(part)
  expect(Buffer.compare(join(parts), new Uint8Array(await many.arrayBuffer()))).toBe(0)
  expect(await own.tablet.drafts.list()).toEqual([])
  expect(await own.database.draftChunks.count()).toBe(0)
  expect(await own.tablet.outbox.list()).toMatchObject([{ instance, parts: 2, number: 1, whereabouts: 'tablet' }])
})

test('nothing finished lies in clear', async () => {
  const [answer, inside] = [canary(), canary()]
  await interview(own, answer, new Blob([inside]))
  const stored = await everythingStored(own.database)
  for (const secret of [answer, inside, 'photo.jpg']) expect(stored).not.toContain(asStored(secret))
})

test('numbers follow one another and each cover names the one before, also when several finish at once', async () => {
  await Promise.all(Array.from({ length: 6 }, (_, at) => interview(own, `answer ${at}`, new Blob([`photo ${at}`]))))
  const all = await covers()
  expect(all.map((cover) => cover.signer.number)).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
  expect(all.map((cover) => cover.signer.previous)).toEqual([null, ...all.slice(0, -1).map((cover) => cover.hash)])
  expect(await own.database.get('chain')).toEqual({ number: 12, hash: all[11]?.hash })
})

test.each(['bodies', 'covers', 'items', 'instances', 'meta', 'drafts', 'draftChunks'] as const)(
  'a failure in writing %s leaves the draft whole, no item and no number; trying again succeeds',
  async (table) => {
    const draft = await own.tablet.drafts.create(own.form, content('answer'))
    await own.tablet.drafts.putAttachment(draft, 'photo.jpg', new Blob(['photo']))
    const xml = instanceXml('uuid:1', 'answer')
    const core = own.database.table(table)
    const fail = (): never => {
      throw new Dexie.QuotaExceededError('no room')
    }
    const deletes = table === 'drafts' || table === 'draftChunks'
    if (deletes) core.hook('deleting', fail)
    else core.hook('creating', fail)
    if (table === 'meta') core.hook('updating', fail)
    const failed = own.tablet.finisher.finish(draft, xml, 'de', ['photo.jpg'])
    await expect(failed).rejects.toThrow()
    core.hook('deleting').unsubscribe(fail)
    core.hook('creating').unsubscribe(fail)
    if (table === 'meta') core.hook('updating').unsubscribe(fail)
    expect(await own.database.items.count()).toBe(0)
    expect(await own.database.covers.count()).toBe(0)
    expect(await own.database.instances.count()).toBe(0)
    expect(await own.database.bodies.count()).toBe(0)
    expect((await own.database.get('chain'))?.number ?? 0).toBe(0)
    expect((await own.tablet.drafts.load(draft)).content).toEqual(content('answer'))
    expect((await own.tablet.drafts.attachment(draft, 'photo.jpg')).size).toBe(5)
    const finished = await own.tablet.finisher.finish(draft, xml, 'de', ['photo.jpg'])
    expect(finished).toMatchObject({ number: 1, parts: 2, whereabouts: 'tablet' })
  },
)

test('a full storage is told as such', async () => {
  const draft = await own.tablet.drafts.create(own.form, content('answer'))
  vi.spyOn(own.database.bodies, 'add').mockRejectedValue(new Dexie.QuotaExceededError('no room'))
  const failed = own.tablet.finisher.finish(draft, instanceXml('uuid:1', 'a'), 'de', [])
  await expect(failed).rejects.toMatchObject({ code: 'storage.full' })
})

test('without an intake key nothing is sealed and the draft stays', async () => {
  await own.database.feed.where('kind').equals('intake_key').delete()
  const draft = await own.tablet.drafts.create(own.form, content('answer'))
  const failed = own.tablet.finisher.finish(draft, instanceXml('uuid:1', 'a'), 'de', [])
  await expect(failed).rejects.toMatchObject({ code: 'intake_key.missing' })
  expect(await own.tablet.drafts.list()).toHaveLength(1)
})

test('the last intake key of the feed is used', async () => {
  const { device } = await own.tablet.identity()
  const chain = own.central.chains.get(`device:${device}`) ?? []
  const before = chain.at(-1)?.['body'] as Record<string, string>
  const other = await enrolled()
  const { b64u, keyId } = await import('../envelope')
  const key = keyId(other.central.intakeKey)
  await own.central.append(`device:${device}`, 'intake_key', { device, key, period: 2, public: b64u(other.central.intakeKey) })
  await own.tablet.sync.round()
  await interview(own, 'answer')
  const [cover] = await covers()
  expect(cover?.recipients[0]?.key).toBe(key)
  expect(key).not.toBe(before['key'])
})

test('an attachment that the draft has not got, or an instance that was finished before, is refused', async () => {
  const draft = await own.tablet.drafts.create(own.form, content('a'))
  const finish = (instance: string, names: string[]) => own.tablet.finisher.finish(draft, instanceXml(instance, 'a'), 'de', names)
  await expect(finish('uuid:1', ['missing.jpg'])).rejects.toMatchObject({ code: 'attachment.unknown' })
  await finish('uuid:1', [])
  const second = await own.tablet.drafts.create(own.form, content('b'))
  const again = own.tablet.finisher.finish(second, instanceXml('uuid:1', 'b'), 'de', [])
  await expect(again).rejects.toMatchObject({ code: 'instance.exists' })
})

test('instance ids are read from the meta block only', () => {
  const meta = '<orx:meta xmlns:orx="x"><orx:instanceID>uuid:1</orx:instanceID><orx:deprecatedID>uuid:0</orx:deprecatedID></orx:meta>'
  expect(instanceIds(`<d><instanceID>other</instanceID>${meta}</d>`)).toEqual({ instance: 'uuid:1', replaces: 'uuid:0' })
  expect(instanceIds('<d><meta><instanceID>uuid:1</instanceID><deprecatedID/></meta></d>').replaces).toBeNull()
  for (const xml of ['<d/>', '<d><meta><instanceID>a b</instanceID></meta></d>', `<d>${meta}${meta}</d>`]) {
    expect(() => instanceIds(xml)).toThrow(expect.objectContaining({ code: 'record.instance_id' }))
  }
})

test('media types lose what a cover may not say', () => {
  expect(mediaType('image/JPEG; name="Ana.jpg"')).toBe('image/jpeg')
  expect(mediaType('')).toBe('application/octet-stream')
  expect(mediaType(`image/${'x'.repeat(100)}`)).toBe('application/octet-stream')
})

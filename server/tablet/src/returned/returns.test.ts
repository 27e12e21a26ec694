import { beforeEach, describe, expect, it } from 'vitest'
import { openRecord, verifyCover, type RecordDocument } from '../envelope'
import { TabletError } from '../services'
import { join, utf8, type Bytes } from '../store/bytes'
import type { ItemRow } from '../store/database'
import { itemId } from '../store/items'
import { everythingStored, asStored } from '../store/testing/stored'
import { canary } from '../sync/testing/central'
import { content, enrolled, instanceXml, PIN, type TestTablet } from '../sync/testing/tablet'
import { sendBack } from './testing/parcels'

let own: TestTablet
const photo = { type: 'image/jpeg', bytes: utf8('a photo') }

beforeEach(async () => {
  own = await enrolled()
})

const room = () => own.tablet.returns.room()
const list = async () => (await room()).list()

async function corrected(id: string): Promise<{ draft: string; xml: string }> {
  const draft = await (await room()).correct(id)
  return { draft, xml: (await own.tablet.drafts.load(draft)).content.instanceXml }
}

function instanceOf(xml: string): string {
  return /<instanceID>([^<]*)</u.exec(xml)?.[1] ?? ''
}

/** What a finished instance says to whoever may open it, and what its cover says it replaces. */
async function sealed(instance: string, of = 'record'): Promise<{ record: RecordDocument; replaces: string | null; parts: string[] }> {
  const items = (await own.database.items.toArray()).filter((item) => item.instance === instance)
  const item = items.find(({ part }) => part === of)
  const cover = await verifyCover((await own.database.covers.get(item?.hash ?? ''))?.bytes ?? new Uint8Array())
  const rows = await own.database.bodies.where('[body+index]').between([item?.body, 0], [item?.body, Infinity]).toArray()
  const keys = new Map<string, Bytes>([[cover.recipients[0]?.key ?? '', own.central.seed]])
  const record = await openRecord(cover, join(rows.map(({ bytes }) => bytes)), keys)
  return { record, replaces: cover.replaces, parts: items.map(({ part }) => part).sort() }
}

/** The last item after a draft was saved and the tablet locked, which copies it; the tablet is open again. */
async function copied(draft: string, expected = 1): Promise<ItemRow | undefined> {
  const { content: before } = await own.tablet.drafts.load(draft)
  await own.tablet.drafts.save(draft, { ...before, mayLeave: true })
  own.tablet.lock()
  await expect.poll(() => own.database.items.count()).toBe(expected)
  await own.tablet.unlock(PIN)
  return own.database.items.orderBy('number').last()
}

describe('what was sent back', () => {
  it('is told with its form, its name and its comments, and lies sealed', async () => {
    const secret = canary()
    const xml = `<data><name>${secret}</name><meta><instanceID>uuid:1</instanceID><instanceName>Haus &amp; Hof</instanceName></meta></data>`
    await sendBack(own, { xml, instance: 'uuid:1', comments: [{ path: null, text: secret }, { path: '/data/name', text: 'Wer?' }] })
    expect(await own.tablet.returns.count()).toBe(0)
    await own.tablet.sync.round()
    expect(await own.tablet.returns.count()).toBe(1)
    const [found] = await list()
    expect(found).toMatchObject({ state: 'waiting', name: 'Haus & Hof', kind: 'has_issues', isTraining: false, form: { id: 'household' } })
    expect(found?.comments.map(({ path, text, by }) => [path, text, by])).toEqual([[null, secret, 'Мария'], ['/data/name', 'Wer?', 'Мария']])
    const stored = await everythingStored(own.database)
    for (const each of [secret, 'Haus', 'Wer?']) expect(stored).not.toContain(asStored(each))
  })

  it('opens for nobody else, and for nobody while it is locked', async () => {
    await sendBack(own)
    await own.tablet.sync.round()
    expect(await list()).toHaveLength(1)
    own.tablet.lock()
    await expect(list()).rejects.toMatchObject({ code: 'tablet.locked' })
    await own.tablet.enrol({ ...own.central.link(), interviewer: 'int-08', token: 'token-08' }, PIN)
    expect(await list()).toEqual([])
    await sendBack(own, { interviewer: 'int-08' })
    await own.tablet.sync.round()
    expect(await list()).toHaveLength(1)
  })

  it('becomes a draft that replaces the former instance, once', async () => {
    const { id, instance } = await sendBack(own, { card: 'YXWTRQPNMKJ3' })
    await own.tablet.sync.round()
    const { draft, xml } = await corrected(id)
    expect(xml).toContain(`<deprecatedID>${instance}</deprecatedID>`)
    expect(instanceOf(xml)).not.toBe(instance)
    expect(await Promise.all([(await room()).correct(id), (await room()).correct(id)])).toEqual([draft, draft])
    expect(await own.tablet.drafts.list()).toHaveLength(1)
    expect(await list()).toMatchObject([{ state: 'begun' }])
    const [, kept] = [await own.tablet.drafts.load(draft), (await own.tablet.drafts.load(draft)).content]
    expect(kept).toMatchObject({ language: 'bg', card: 'YXWTRQPNMKJ3', mayLeave: false, returned: { replaces: instance } })
  })

  it('is made by somebody else here too, when it is sent to them after another has begun', async () => {
    const first = await sendBack(own)
    await own.tablet.sync.round()
    await corrected(first.id)
    own.tablet.lock()
    await own.tablet.enrol({ ...own.central.link(), interviewer: 'int-08', token: 'token-08' }, PIN)
    const second = await sendBack(own, { instance: first.instance, interviewer: 'int-08' })
    await own.tablet.sync.round()
    expect(await list()).toMatchObject([{ state: 'waiting' }])
    const { draft } = await corrected(second.id)
    expect(await list()).toMatchObject([{ state: 'begun' }])
    expect(await (await room()).correct(second.id)).toBe(draft)
  })

  it('is the draft that is still here, with its comments, where an interview did not have to come back', async () => {
    const draft = await own.tablet.drafts.create(own.form, { ...content('Яна'), instanceXml: instanceXml('uuid:7', 'Яна') })
    const { id } = await sendBack(own, { kind: 'unfinished', instance: 'uuid:7' })
    await own.tablet.sync.round()
    expect(await (await room()).correct(id)).toBe(draft)
    expect(await own.tablet.drafts.list()).toHaveLength(1)
    const { content: after } = await own.tablet.drafts.load(draft)
    expect([after.instanceXml, after.returned?.comments.map(({ text }) => text)]).toEqual([instanceXml('uuid:7', 'Яна'), ['Welche Wohnung?']])
    await own.tablet.finisher.finish(draft, after.instanceXml, 'bg', [])
    expect(await list()).toEqual([])
  })

  it('twice the same is one', async () => {
    const first = await sendBack(own)
    await sendBack(own, { id: first.id, instance: first.instance })
    await own.tablet.sync.round()
    expect(await list()).toHaveLength(1)
  })

  it('again, while it is being corrected, changes no answer and brings its comment', async () => {
    const first = await sendBack(own)
    await own.tablet.sync.round()
    const { draft } = await corrected(first.id)
    const { content: before } = await own.tablet.drafts.load(draft)
    const changed = before.instanceXml.replace('Ана', 'Яна')
    await own.tablet.drafts.save(draft, { ...before, instanceXml: changed })
    const second = await sendBack(own, { instance: first.instance, at: '2026-11-24T04:00:00Z', comments: [{ path: null, text: 'Noch etwas' }] })
    await own.tablet.sync.round()
    const [found] = await list()
    expect(found).toMatchObject({ id: second.id, state: 'begun' })
    expect(found?.comments.map(({ text }) => text)).toEqual(['Noch etwas', 'Welche Wohnung?'])
    expect(await (await room()).correct(second.id)).toBe(draft)
    const { content: after } = await own.tablet.drafts.load(draft)
    expect(after.instanceXml).toBe(changed)
    expect(after.returned?.comments.map(({ text }) => text)).toEqual(['Noch etwas', 'Welche Wohnung?'])
  })

  it('is made anew, with its files, after its draft was thrown away', async () => {
    const { id } = await sendBack(own, { files: { 'photo.jpg': photo } })
    await own.tablet.sync.round()
    const { draft } = await corrected(id)
    await own.tablet.drafts.discard(draft)
    expect(await list()).toMatchObject([{ state: 'waiting' }])
    const again = await corrected(id)
    expect(await (await own.tablet.drafts.attachment(again.draft, 'photo.jpg')).text()).toBe('a photo')
  })

  it('that a kill interrupted gets the files that are missing', async () => {
    const { id } = await sendBack(own, { files: { 'photo.jpg': photo } })
    await own.tablet.sync.round()
    const put = own.tablet.drafts.putAttachment.bind(own.tablet.drafts)
    own.tablet.drafts.putAttachment = () => Promise.reject(new TabletError('storage.full'))
    await expect((await room()).correct(id)).rejects.toMatchObject({ code: 'storage.full' })
    own.tablet.drafts.putAttachment = put
    const { draft } = await corrected(id)
    expect(await own.tablet.drafts.list()).toHaveLength(1)
    expect(await own.tablet.drafts.attachments(draft)).toHaveLength(1)
  })

  it('waits for its version of the form, which the next round brings', async () => {
    const old = own.form.version
    await own.central.publish('household', '{"v":2}')
    await own.tablet.sync.round()
    const other = await enrolledLater()
    await sendBack(other, { version: old })
    await other.tablet.sync.round()
    expect(await (await other.tablet.returns.room()).list()).toMatchObject([{ state: 'form_missing', form: { version: old } }])
    await other.tablet.sync.round()
    const [found] = await (await other.tablet.returns.room()).list()
    expect(found?.state).toBe('waiting')
    const draft = await (await other.tablet.returns.room()).correct(found?.id ?? '')
    expect((await other.tablet.drafts.load(draft)).summary.form.version).toBe(old)
  })

  it('of training stays training', async () => {
    const { id } = await sendBack(own, { purpose: 'training' })
    await own.tablet.sync.round()
    await corrected(id)
    expect(await own.tablet.drafts.list()).toMatchObject([{ isTraining: true }])
  })

  it('that does not open is nobody\'s, and a parcel that is not there yet holds nothing up', async () => {
    const damaged = await sendBack(own)
    own.central.contents.delete(damaged.hash)
    expect(await own.tablet.sync.round()).toMatchObject({ problem: null, alarm: null })
    expect(await list()).toEqual([])
    await expect((await room()).correct(damaged.id)).rejects.toMatchObject({ code: 'draft.unknown' })
  })
})

/** A tablet that enrols at the same central when a newer version of the form is out. */
async function enrolledLater(): Promise<TestTablet> {
  const { browser, freshDatabase } = await import('../sync/testing/tablet')
  const { openTablet } = await import('../tablet')
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, own.central.fetch))
  await tablet.enrol(own.central.link(), PIN)
  return { ...own, tablet, database }
}

describe('a finished correction', () => {
  const sound = { type: 'audio/webm', bytes: utf8('sound'), stays: true }
  const files = {
    'photo.jpg': photo,
    'old.jpg': photo,
    'talk-12345678.webm': sound,
    'talk-12345678-2.webm': sound,
    'talk-12345678-marks.csv': { type: 'text/csv', bytes: utf8('file,seconds') },
    'audit.csv': { type: 'text/csv', bytes: utf8('event') },
  }
  const xml =
    '<data><name>Ана</name><photo>photo.jpg</photo><was>old.jpg</was><talk>talk-12345678.webm</talk>' +
    '<meta><audit>audit.csv</audit><instanceID>uuid:1</instanceID></meta></data>'

  it('replaces the former, keeps what it left as it was where it is, and settles the return', async () => {
    const { id, hash } = await sendBack(own, { xml, instance: 'uuid:1', files })
    await own.tablet.sync.round()
    const { draft, xml: begun } = await corrected(id)
    const instance = instanceOf(begun)
    await own.tablet.drafts.putAttachment(draft, 'new.jpg', new Blob(['new'], { type: 'image/jpeg' }))
    // As the engine writes it down: without what it does not know of the meta block.
    const final = begun.replace('Ана', 'Яна').replace('old.jpg', 'new.jpg').replace(/<deprecatedID>.*?<\/deprecatedID>/u, '')
    await own.tablet.finisher.finish(draft, final, 'bg', ['photo.jpg', 'new.jpg', 'talk-12345678.webm'])
    const { record, replaces, parts } = await sealed(instance)
    expect([replaces, parts]).toEqual(['uuid:1', ['a1', 'record']])
    expect(record.instanceXml).toContain('<deprecatedID>uuid:1</deprecatedID>')
    expect(record.instanceXml).toContain('Яна')
    expect(record.attachments.map(({ name }) => name)).toEqual(['new.jpg'])
    expect(record.kept?.map(({ name, part, instance: of }) => [name, part, of])).toEqual([
      ['photo.jpg', 'a1', 'uuid:1'],
      ['talk-12345678.webm', 'a3', 'uuid:1'],
      ['talk-12345678-2.webm', 'a4', 'uuid:1'],
      ['talk-12345678-marks.csv', 'a5', 'uuid:1'],
    ])
    expect(await list()).toEqual([])
    expect(await own.database.contents.get(hash)).toBeUndefined()
    await own.tablet.sync.round()
    expect(await own.database.contents.get(hash)).toBeUndefined()
  })

  it('that is a refusal keeps nothing of what was recorded before', async () => {
    const { id } = await sendBack(own, { xml, instance: 'uuid:1', files })
    await own.tablet.sync.round()
    const { draft, xml: begun } = await corrected(id)
    const refusal = begun.replace('<talk>talk-12345678.webm</talk>', '').replace('photo.jpg', '').replace('old.jpg', '')
    await own.tablet.finisher.finish(draft, refusal, 'bg', [], { outcome: { kind: 'refused', reason: null } })
    expect((await sealed(instanceOf(begun))).record.kept).toBeUndefined()
  })

  it('whose answer names another recording has the former one too', async () => {
    const { id } = await sendBack(own, { xml, instance: 'uuid:1', files })
    await own.tablet.sync.round()
    const { draft, xml: begun } = await corrected(id)
    await own.tablet.drafts.putAttachment(draft, 'talk-87654321.webm', new Blob(['new'], { type: 'audio/webm' }))
    const final = begun.replace('talk-12345678.webm', 'talk-87654321.webm')
    await own.tablet.finisher.finish(draft, final, 'bg', ['photo.jpg', 'old.jpg', 'talk-87654321.webm'])
    const { record } = await sealed(instanceOf(begun))
    expect(record.attachments.map(({ name }) => name)).toEqual(['talk-87654321.webm'])
    expect(record.kept?.map(({ name }) => name).filter((name) => name.startsWith('talk'))).toHaveLength(3)
  })

  it('answers a comment that came too late only as far as somebody reads it', async () => {
    const { id } = await sendBack(own, { instance: 'uuid:1' })
    await own.tablet.sync.round()
    const { draft, xml: begun } = await corrected(id)
    await own.tablet.finisher.finish(draft, begun, 'bg', [])
    const late = await sendBack(own, { instance: 'uuid:1', comments: [{ path: null, text: 'Zu spät' }] })
    await own.tablet.sync.round()
    expect(await list()).toMatchObject([{ id: late.id, state: 'answered' }])
    await expect((await room()).correct(late.id)).rejects.toMatchObject({ code: 'draft.unknown' })
    await (await room()).dismiss(late.id)
    expect(await list()).toEqual([])
  })

  it('of an unfinished interview goes on under its own instanceID', async () => {
    const { id, instance } = await sendBack(own, { kind: 'unfinished', comments: [] })
    await own.tablet.sync.round()
    const { draft, xml: begun } = await corrected(id)
    expect(instanceOf(begun)).toBe(instance)
    await own.tablet.finisher.finish(draft, begun, 'bg', [])
    expect((await sealed(instance)).replaces).toBeNull()
    expect(await list()).toEqual([])
  })

  it('of an unfinished interview has checkpoints that no other tablet has made', async () => {
    const { id, instance } = await sendBack(own, { kind: 'unfinished', comments: [] })
    await own.tablet.sync.round()
    expect(await copied((await corrected(id)).draft)).toMatchObject({ instance, part: expect.stringMatching(/^c[1-8]\d{3}$/u) as string })
  })

  it('has checkpoints after those that an earlier draft made here', async () => {
    const { id, instance } = await sendBack(own, { kind: 'unfinished', comments: [] })
    await own.tablet.sync.round()
    const first = await corrected(id)
    await copied(first.draft)
    await own.tablet.drafts.discard(first.draft)
    const again = await corrected(id)
    await own.database.drafts.update(again.draft, { copies: 0 })
    const [made] = await own.database.items.toArray()
    await own.database.items.add({ ...(made as ItemRow), id: itemId(instance, 'c1'), part: 'c1', number: 99 })
    await copied(again.draft, 3)
    expect((await own.database.items.toArray()).map(({ part }) => part)).toContain('c2')
  })

  it('that is under way is taken up with what it replaces and what it keeps, and so are its checkpoints', async () => {
    const kept = { name: 'whole-12345678.webm', contentType: 'audio/webm', part: 'a1', sha256: 'a'.repeat(64), size: 1, instance: 'uuid:1' }
    const underway = '<data><name>Ана</name><meta><instanceID>uuid:2</instanceID><deprecatedID>uuid:1</deprecatedID></meta></data>'
    const { id } = await sendBack(own, { kind: 'unfinished', comments: [], instance: 'uuid:2', xml: underway, kept: [kept] })
    await own.tablet.sync.round()
    const { draft, xml: begun } = await corrected(id)
    const checkpoint = await copied(draft)
    expect(await sealed('uuid:2', checkpoint?.part)).toMatchObject({ replaces: 'uuid:1', record: { kept: [kept] } })
    await own.tablet.finisher.finish(draft, begun.replace(/<deprecatedID>.*?<\/deprecatedID>/u, ''), 'bg', [])
    expect(await sealed('uuid:2')).toMatchObject({ replaces: 'uuid:1', record: { kept: [kept] } })
  })

  it('has a checkpoint that names what it replaces', async () => {
    const { id } = await sendBack(own, { instance: 'uuid:1' })
    await own.tablet.sync.round()
    const { draft } = await corrected(id)
    const { content: before } = await own.tablet.drafts.load(draft)
    await own.tablet.drafts.save(draft, { ...before, mayLeave: true })
    own.tablet.lock()
    await expect.poll(() => own.database.items.count()).toBe(1)
    const item = await own.database.items.toCollection().first()
    const cover = await verifyCover((await own.database.covers.get(item?.hash ?? ''))?.bytes ?? new Uint8Array())
    expect([cover.part, cover.replaces]).toEqual(['c1', 'uuid:1'])
  })

  it('is what a draft of one\'s own is not', async () => {
    const draft = await own.tablet.drafts.create(own.form, content('x'))
    await own.tablet.finisher.finish(draft, '<data><meta><instanceID>uuid:5</instanceID></meta></data>', 'de', [])
    const { record, replaces } = await sealed('uuid:5')
    expect([record.kept, replaces]).toEqual([undefined, null])
  })
})

import { beforeEach, expect, test } from 'vitest'

import { keyId, openRecord, verifyCover } from '../envelope'
import type { CaseReference, OwnCase } from '../services'
import { asStored, everythingStored } from '../store/testing/stored'
import { content, enrolled, instanceXml, PIN, type TestTablet } from '../sync/testing/tablet'
import { listed, publishCases } from './testing/seal'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

const look = async (): Promise<readonly OwnCase[]> => (await own.tablet.cases.look()).cases ?? []
const ids = async (): Promise<string[]> => (await look()).map(({ id }) => id)
const subjects = async (): Promise<ReadonlyMap<string, CaseReference>> => (await own.tablet.cases.look()).subjects

/** Fills in and finishes one interview for a case; gives its instance. */
async function interview(subject: CaseReference, name = 'Ayşe'): Promise<string> {
  const draft = await own.tablet.drafts.create(own.form, { ...content(name), subject })
  const instance = `uuid:${crypto.randomUUID()}`
  await own.tablet.finisher.finish(draft, instanceXml(instance, name), 'de', [], { subject })
  return instance
}

test('a list that central sealed is opened for its interviewer, with the forms that are due', async () => {
  expect(await own.tablet.cases.isThere()).toBe(false)
  const note = 'Abends\nab 18 Uhr'
  await publishCases(own.central, 'int-07', [
    listed('1', { forms: ['household', 'unheard'], due: '2026-12-01', note }),
    listed('2'),
  ])
  expect((await own.tablet.sync.round()).problem).toBeNull()
  expect(await own.tablet.cases.isThere()).toBe(true)
  const [first, second] = await look()
  expect(first).toMatchObject({ id: '1', label: 'Haus 1', due: '2026-12-01', note, lacking: ['unheard'], done: 0 })
  expect(first?.forms.map(({ id }) => id)).toEqual(['household'])
  // Where no form is named, all of the site may be begun.
  expect(second?.forms.map(({ id }) => id)).toEqual(['household'])
})

test('the last list is the whole list, and what it has replaced is gone from the tablet', async () => {
  const first = await publishCases(own.central, 'int-07', [listed('1'), listed('2')])
  await own.tablet.sync.round()
  expect(await ids()).toEqual(['1', '2'])
  await publishCases(own.central, 'int-07', [listed('2')])
  own.central.contents.delete(first)
  await own.tablet.sync.round()
  expect(await ids()).toEqual(['2'])
  expect(await own.database.contents.get(first)).toBeUndefined()
})

test('until the next list has come, the one before serves; a list that a place has not got is no error', async () => {
  await publishCases(own.central, 'int-07', [listed('1')])
  await own.tablet.sync.round()
  own.central.contents.delete(await publishCases(own.central, 'int-07', []))
  expect((await own.tablet.sync.round()).problem).toBeNull()
  expect(await ids()).toEqual(['1'])
})

test('another interviewer of the same tablet sees only their own', async () => {
  await publishCases(own.central, 'int-07', [listed('1')])
  await own.tablet.sync.round()
  const subject = { id: '1', label: 'Haus 1' }
  const instance = await interview(subject)
  expect(await subjects()).toEqual(new Map([[instance, subject]]))
  await own.tablet.enrol({ ...own.central.link(), interviewer: 'int-08', token: 'second' }, '1234567')
  expect(await ids()).toEqual([])
  expect((await subjects()).size).toBe(0)
  await publishCases(own.central, 'int-08', [listed('9')])
  await own.tablet.sync.round()
  expect(await ids()).toEqual(['9'])
  own.tablet.lock()
  await expect(own.tablet.cases.look()).rejects.toMatchObject({ code: 'tablet.locked' })
  await own.tablet.unlock(PIN, 'int-07')
  expect(await ids()).toEqual(['1'])
})

test('a list that was sealed for somebody else is told, and is not nothing', async () => {
  await publishCases(own.central, 'int-07', [listed('1')])
  const entry = [...own.central.chains].find(([name]) => name.startsWith('device:'))?.[1].at(-1)
  const { device, list } = entry?.['body'] as { device: string; list: { hash: string; size: number } }
  await own.tablet.enrol({ ...own.central.link(), interviewer: 'int-08', token: 'second' }, '1234567')
  await own.central.append(`device:${device}`, 'cases', { device, interviewer: 'int-08', key: 'x', list })
  await own.tablet.sync.round()
  expect((await own.tablet.cases.look()).cases).toBeNull()
})

test('the case stands in the sealed record and not in its cover, and interviews here are counted', async () => {
  await publishCases(own.central, 'int-07', [listed('hh-0042')])
  await own.tablet.sync.round()
  await interview({ id: 'hh-0042', label: 'Haus 42' })
  await own.tablet.setTraining(true)
  await interview({ id: 'hh-0042', label: 'Haus 42' })
  expect((await look())[0]?.done).toBe(1)
  await own.tablet.sync.round()
  const [held] = [...own.central.held.values()]
  const cover = await verifyCover(held?.cover ?? new Uint8Array())
  const keys = new Map([[keyId(own.central.intakeKey), own.central.seed]])
  const opened = await openRecord(cover, held?.body ?? new Uint8Array(), keys)
  expect(opened.case).toBe('hh-0042')
  expect(new TextDecoder().decode(held?.cover)).not.toContain('hh-0042')
})

test('neither a case nor what an interview is of stands in clear on the tablet', async () => {
  await publishCases(own.central, 'int-07', [listed('kanarie', { label: 'Kanarienhaus', note: 'Kanarienvogel' })])
  await own.tablet.sync.round()
  const [known] = await look()
  const subject = { id: known?.id ?? '', label: known?.label ?? '' }
  await own.tablet.drafts.create(own.form, { ...content('Ayşe'), subject })
  await interview(subject)
  expect((await subjects()).size).toBe(2)
  const stored = await everythingStored(own.database)
  for (const text of ['kanarie', 'Kanarienhaus', 'Kanarienvogel']) {
    expect(stored.includes(text) || stored.includes(asStored(text))).toBe(false)
  }
})

test('a draft keeps its case when it is saved and opened again', async () => {
  const subject = { id: '1', label: 'Haus 1' }
  const draft = await own.tablet.drafts.create(own.form, { ...content('Ayşe'), subject })
  await own.tablet.drafts.save(draft, { ...content('Ayşe B.'), subject })
  expect((await own.tablet.drafts.load(draft)).content.subject).toEqual(subject)
  expect((await subjects()).get(draft)).toEqual(subject)
})

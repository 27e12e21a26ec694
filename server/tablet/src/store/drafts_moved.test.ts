import Dexie from 'dexie'
import { beforeEach, expect, test } from 'vitest'

import { isCheckpoint } from './checkpoints'
import { canary } from '../sync/testing/central'
import { browser, content, enrolled, instanceXml, PIN, type TestTablet } from '../sync/testing/tablet'
import type { DraftContent, FormVersion, Tablet } from '../services'
import { openTablet } from '../tablet'
import { asStored, everythingStored } from './testing/stored'

let own: TestTablet
let next: FormVersion
let id: string

/** A form under whose old version a draft with a photo lies, and its new version. */
beforeEach(async () => {
  own = await enrolled()
  id = await own.tablet.drafts.create(own.form, content('old'), 'begun')
  await own.tablet.drafts.putAttachment(id, 'house.jpg', new Blob(['picture']))
  await own.central.publish('household', '{"v":2}')
  await own.tablet.sync.round()
  const [found] = await own.tablet.forms.current()
  if (found === undefined || found.version === own.form.version) throw new Error('the new version did not arrive')
  next = found
})

async function reopened(): Promise<Tablet> {
  const again = await openTablet(browser(own.database, own.central.fetch))
  await again.unlock(PIN)
  return again
}

/** Moves it as it is now. */
async function moved(tablet: Tablet, from: FormVersion, to: FormVersion, said: DraftContent, noted?: string): Promise<void> {
  const { revision } = await tablet.drafts.load(id)
  await tablet.drafts.move(id, { from, to, revision }, said, noted)
}

async function stands(tablet: Tablet): Promise<unknown> {
  const { summary, content: said } = await tablet.drafts.load(id)
  return [summary.form.version, said, summary.movedFrom?.map(({ version }) => version)]
}

test('a moved draft is the same one under the new version; what it said before stays aside, sealed, with its files', async () => {
  const [secret, other] = [canary(), canary()]
  await own.tablet.drafts.save(id, content(secret))
  await moved(own.tablet, own.form, next, content(other), 'moved')
  const again = await reopened()
  expect(await stands(again)).toEqual([next.version, content(other), [own.form.version]])
  expect(await again.drafts.list()).toMatchObject([{ id, form: { version: next.version }, movedFrom: [{ version: own.form.version }] }])
  expect(await again.drafts.aside(id)).toMatchObject([{ form: { version: own.form.version }, content: content(secret) }])
  expect(await again.drafts.journal(id)).toEqual(['begun', 'moved'])
  for (const each of [secret, other]) expect(await everythingStored(own.database)).not.toContain(asStored(each))
  // Taken out of the answer, it may still be needed on the way back.
  await again.drafts.removeAttachment(id, 'house.jpg')
  expect(await (await again.drafts.attachment(id, 'house.jpg')).text()).toBe('picture')
})

test('a draft goes back and forth, and what it said under each version stays once', async () => {
  await moved(own.tablet, own.form, next, content('new'))
  await moved(own.tablet, next, own.form, content('old again'))
  expect(await stands(own.tablet)).toEqual([own.form.version, content('old again'), [next.version]])
  expect(await own.tablet.drafts.aside(id)).toMatchObject([{ content: content('new') }])
  await moved(own.tablet, own.form, next, content('new again'))
  expect(await own.tablet.drafts.aside(id)).toMatchObject([{ content: content('old again') }])
})

test.each(['drafts', 'draftJournal'] as const)('a move whose write to %s fails has not happened', async (table) => {
  const core = own.database.table(table)
  const fail = (): never => {
    throw new Dexie.QuotaExceededError('no room')
  }
  core.hook('creating', fail)
  core.hook('updating', fail)
  await expect(moved(own.tablet, own.form, next, content('new'), 'moved')).rejects.toMatchObject({ code: 'storage.full' })
  core.hook('creating').unsubscribe(fail)
  core.hook('updating').unsubscribe(fail)
  const again = await reopened()
  expect(await stands(again)).toEqual([own.form.version, content('old'), undefined])
  expect(await again.drafts.journal(id)).toEqual(['begun'])
  await moved(again, own.form, next, content('new'), 'moved')
  expect(await stands(again)).toEqual([next.version, content('new'), [own.form.version]])
})

test('a draft that somebody went on with meanwhile is not moved, and not twice', async () => {
  const other = await reopened()
  const { revision } = await other.drafts.load(id)
  await own.tablet.drafts.save(id, content('more'))
  await expect(other.drafts.move(id, { from: own.form, to: next, revision }, content('new'))).rejects.toMatchObject({ code: 'draft.elsewhere' })
  await moved(own.tablet, own.form, next, content('new'))
  await expect(moved(own.tablet, own.form, next, content('new'))).rejects.toMatchObject({ code: 'draft.elsewhere' })
  await expect(other.drafts.save(id, content('late'))).rejects.toMatchObject({ code: 'draft.elsewhere' })
})

test('a move is of what it was worked out from, and a late answer of the version before changes nothing', async () => {
  const { revision } = await own.tablet.drafts.load(id)
  const step = { from: own.form, to: next, revision }
  // Of an interview that was left and still had a photo in work.
  await own.tablet.drafts.save(id, content('late'), null, own.form.version)
  await expect(own.tablet.drafts.move(id, step, content('new'))).rejects.toMatchObject({ code: 'draft.elsewhere' })
  expect(await stands(own.tablet)).toEqual([own.form.version, content('late'), undefined])
  await moved(own.tablet, own.form, next, content('new'))
  const later = own.tablet.drafts.save(id, content('later'), null, own.form.version)
  await expect(later).rejects.toMatchObject({ code: 'draft.elsewhere' })
  expect(await stands(own.tablet)).toEqual([next.version, content('new'), [own.form.version]])
})

test('what somebody moved and went on with in another tab is not sealed from what this one has, and stays', async () => {
  const other = await reopened()
  await other.drafts.load(id)
  await moved(other, own.form, next, content('new'))
  await other.drafts.save(id, content('new and more'))
  const failed = own.tablet.finisher.finish(id, instanceXml('uuid:1', 'old'), 'de', [])
  await expect(failed).rejects.toMatchObject({ code: 'draft.elsewhere' })
  expect(await own.database.items.count()).toBe(0)
  expect(await stands(other)).toEqual([next.version, content('new and more'), [own.form.version]])
})

test('it is finished once, under the new version, and nothing of the old one remains', async () => {
  await moved(own.tablet, own.form, next, content('new'))
  await own.tablet.finisher.finish(id, instanceXml('uuid:1', 'new'), 'de', ['house.jpg'])
  expect(await own.tablet.outbox.list()).toMatchObject([{ instance: 'uuid:1', form: { version: next.version }, parts: 2 }])
  expect(await own.tablet.drafts.list()).toEqual([])
  for (const table of ['drafts', 'draftAttachments', 'draftChunks', 'draftJournal']) expect(await own.database.table(table).count()).toBe(0)
})

test('sealed copies go on counting, each under the version that it was said under', async () => {
  const mayLeave = (answer: string): DraftContent => ({ ...content(answer), instanceXml: instanceXml('uuid:1', answer), mayLeave: true })
  const copied = async (): Promise<unknown> => {
    own.tablet.lock()
    await expect.poll(async () => (await own.tablet.state()) === 'locked').toBe(true)
    await own.tablet.unlock(PIN)
    return (await own.database.items.orderBy('number').toArray()).filter(isCheckpoint).map(({ part }) => part)
  }
  await own.tablet.drafts.save(id, mayLeave('old'))
  await expect.poll(copied).toEqual(['c1'])
  await own.tablet.drafts.load(id)
  await moved(own.tablet, own.form, next, mayLeave('new'))
  await expect.poll(copied).toEqual(['c1', 'c2'])
  expect(await own.database.drafts.get(id)).toMatchObject({ copies: 2 })
})

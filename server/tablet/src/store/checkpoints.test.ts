import { beforeEach, expect, test, vi } from 'vitest'

import { openRecord, verifyCover } from '../envelope'
import { browser, content, enrolled, instanceXml, PIN, type TestTablet } from '../sync/testing/tablet'
import { openTablet } from '../tablet'
import { join } from './bytes'
import { Copier } from './copier'
import { Sealing } from './sealing'
import type { DraftContent } from '../services'
import type { ItemRow } from './database'

let own: TestTablet

beforeEach(async () => {
  own = await enrolled()
})

function answers(instance: string, answer: string, mayLeave = true): DraftContent {
  return { ...content(answer), instanceXml: instanceXml(instance, answer), mayLeave }
}

async function copies(): Promise<ItemRow[]> {
  return (await own.database.items.orderBy('number').toArray()).filter(({ part }) => part.startsWith('c'))
}

/** Locks the tablet, which copies what waits, and opens it again. */
async function pause(expected: number): Promise<void> {
  own.tablet.lock()
  await vi.waitFor(async () => {
    expect(await copies()).toHaveLength(expected)
  })
  await own.tablet.unlock(PIN)
}

async function opened(item: ItemRow): Promise<string> {
  const cover = await verifyCover((await own.database.covers.get(item.hash))?.bytes ?? new Uint8Array())
  const pieces = await own.database.bodies.where('[body+index]').between([item.body, 0], [item.body, Infinity]).toArray()
  const keys = new Map([[cover.recipients[0]?.key ?? '', own.central.seed]])
  return (await openRecord(cover, join(pieces.map(({ bytes }) => bytes)), keys)).instanceXml
}

test('a draft is copied when the tablet is locked, and a copy opens with the intake key alone', async () => {
  const draft = await own.tablet.drafts.create(own.form, answers('uuid:1', 'Ана'))
  await own.tablet.drafts.save(draft, answers('uuid:1', 'Ана, Руска'))
  await pause(1)
  await own.tablet.drafts.load(draft)
  await own.tablet.drafts.save(draft, answers('uuid:1', 'Ана, Русе'))
  await pause(2)
  const [first, second] = await copies()
  if (first === undefined || second === undefined) throw new Error('not both copies')
  expect([first.part, first.number, first.priority, second.part, second.number]).toEqual(['c1', 1, 0, 'c2', 2])
  expect([await opened(first), await opened(second)]).toEqual([
    instanceXml('uuid:1', 'Ана, Руска'),
    instanceXml('uuid:1', 'Ана, Русе'),
  ])
  expect(await own.tablet.drafts.list()).toHaveLength(1)
})

test('nothing is copied before the respondent has consented, and nothing twice', async () => {
  const draft = await own.tablet.drafts.create(own.form, answers('uuid:1', 'Ана', false))
  await pause(0)
  await own.tablet.drafts.load(draft)
  await own.tablet.drafts.save(draft, answers('uuid:1', 'Ана'))
  // A yes that was taken back while it waited.
  await own.tablet.drafts.save(draft, answers('uuid:1', 'Ана', false))
  await pause(0)
  await own.tablet.drafts.load(draft)
  await own.tablet.drafts.save(draft, answers('uuid:1', 'Ана'))
  await pause(1)
  await pause(1)
})

test('a finished interview is one instance, whatever copies went before, and its numbers follow on theirs', async () => {
  const draft = await own.tablet.drafts.create(own.form, answers('uuid:1', 'Ана'))
  await pause(1)
  await own.tablet.drafts.load(draft)
  await own.tablet.drafts.save(draft, answers('uuid:1', 'Ана Р.'))
  await own.tablet.finisher.finish(draft, instanceXml('uuid:1', 'Ана Р.'), 'de', [])
  await pause(1)
  expect(await own.tablet.outbox.list()).toMatchObject([{ instance: 'uuid:1', parts: 1, number: 2, whereabouts: 'tablet' }])
  expect((await own.tablet.handover.waiting()).map(({ instance }) => instance)).toEqual(['uuid:1'])
  expect(await own.tablet.handover.plan()).toMatchObject({ parts: 2 })
})

test('a draft that is thrown away is not copied any more', async () => {
  const draft = await own.tablet.drafts.create(own.form, answers('uuid:1', 'Ана'))
  await own.tablet.drafts.discard(draft)
  await pause(0)
})

/** Locks the tablet and waits until the copy is made, or given up. */
async function tried(): Promise<void> {
  const copy = vi.spyOn(Copier.prototype, 'copy')
  own.tablet.lock()
  await vi.waitFor(() => {
    expect(copy.mock.settledResults.map(({ type }) => type === 'incomplete')).toEqual([false])
  })
  copy.mockRestore()
}

test('what waits here is not copied once another tab has gone on, moved the draft or taken the consent back', async () => {
  const draft = await own.tablet.drafts.create(own.form, answers('uuid:1', 'Ана'))
  const other = await openTablet(browser(own.database, own.central.fetch))
  await other.unlock(PIN)
  await other.drafts.load(draft)
  await other.drafts.save(draft, answers('uuid:1', 'Ана', false))
  await tried()
  expect(await copies()).toHaveLength(0)
})

test('a copy that is being sealed while the consent is taken back does not leave', async () => {
  const draft = await own.tablet.drafts.create(own.form, answers('uuid:1', 'Ана'))
  const sealed = vi.spyOn(Sealing.prototype, 'bytes').mockImplementationOnce(async function (this: Sealing, ...given) {
    await own.database.drafts.update(draft, { revision: 2 })
    return this.bytes(...given)
  })
  await tried()
  expect(sealed).toHaveBeenCalled()
  expect(await copies()).toHaveLength(0)
  expect(await own.database.bodies.count()).toBe(0)
})

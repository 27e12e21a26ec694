// @vitest-environment jsdom
import { beforeEach, expect, it } from 'vitest'
import { REPEATS, engine, question, roster } from '../../form/testing/engine'
import { memoryTablet, type MemoryTablet } from '../testing/tablet'
import { openSession } from './opening'
import { openProblems } from './problems'
import type { Session } from './session'

const shared = engine()
const ORDER = '/data/trip[1]/order'
let memory: MemoryTablet
let session: Session

beforeEach(async () => {
  memory = memoryTablet(REPEATS)
  session = await openSession(memory.tablet, shared, { form: REPEATS }, 'de')
  session.addEntry(roster(session.form, '/data/trip'))
})

const resumed = (): Promise<Session> => openSession(memory.tablet, shared, { draft: 'd1' }, 'de')

it('is no answer, is kept with the draft, and is told as not whole when the draft is gone on with', async () => {
  const order = question(session.form, ORDER)
  session.order(order, ['no'])
  await session.settled()
  expect(order.answered).toBe(false)
  expect(memory.drafts.get('d1')?.instanceXml).not.toContain('>no<')

  const again = await resumed()
  const found = question(again.form, ORDER)
  expect(again.begun.of(found)).toEqual(['no'])
  expect(openProblems(again, [found])).toEqual([found])
})

it('moves with its entry, and ends with the whole order', async () => {
  const trips = roster(session.form, '/data/trip')
  session.addEntry(trips)
  session.order(question(session.form, '/data/trip[2]/order'), ['yes'])
  session.removeEntry(trips, trips.entries[0] ?? expect.fail('no entry'))
  await session.settled()
  expect(memory.drafts.get('d1')?.begun).toEqual({ [ORDER]: ['yes'] })
  session.begun.end(question(session.form, ORDER))
  session.setSelected(question(session.form, ORDER), ['yes', 'no'])
  await session.settled()
  expect(memory.drafts.get('d1')?.begun).toBeUndefined()
})

it('leaves out what the form does not offer', async () => {
  session.order(question(session.form, ORDER), ['no', 'gone'])
  await session.settled()
  const again = await resumed()
  expect(again.begun.of(question(again.form, ORDER))).toEqual(['no'])
})

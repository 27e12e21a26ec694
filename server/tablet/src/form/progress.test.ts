// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { countsOf } from './sections'
import type { OpenForm } from './open_form'
import { METADATA, REASONS, REPEATS, engine, question, roster } from './testing/engine'

const shared = engine()

/** What the draft says, and what a count of all that is on the screen says. */
function both(form: OpenForm): readonly unknown[] {
  const { asked, answered } = countsOf(form.sections.flatMap(({ items }) => items))
  return [form.draft().progress, { asked, answered }]
}

it('stays right through answers, what they hide, and entries that come and go', async () => {
  const form = await shared.open(REPEATS, METADATA)
  const trips = roster(form, '/data/trip')
  const choose = (value: string): void => form.setSelected(question(form, '/data/trip[1]/alone'), [value])
  const steps: (() => void)[] = [
    () => form.setText(question(form, '/data/size'), '2'),
    () => form.addEntry(trips),
    () => choose('no'),
    () => form.setText(question(form, '/data/trip[1]/with'), 'Ana'),
    () => choose('yes'),
    () => choose('no'),
    () => form.addEntry(roster(form, '/data/trip[1]/stop')),
    () => form.setText(question(form, '/data/trip[1]/stop[1]/town'), 'Sofia'),
    () => form.setText(question(form, '/data/child[2]/alias'), 'Iva'),
    () => form.setText(question(form, '/data/size'), '1'),
    () => form.removeEntry(trips, trips.entries[0] ?? expect.fail('no entry')),
  ]
  const seen = new Set<string>()
  for (const step of steps) {
    step()
    const [said, counted] = both(form)
    expect(said).toEqual(counted)
    seen.add(JSON.stringify(said))
  }
  expect(seen.size).toBeGreaterThan(5)
})

it('counts a reason for no answer as one', async () => {
  const form = await shared.open(REASONS, METADATA)
  const { asked } = form.draft().progress
  form.setMissing(question(form, '/data/age'), 'refused')
  expect(form.draft().progress).toEqual({ asked, answered: 1 })
  form.setMissing(question(form, '/data/age'), null)
  expect(form.draft().progress).toEqual({ asked, answered: 0 })
})

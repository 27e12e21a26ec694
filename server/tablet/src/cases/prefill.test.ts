// @vitest-environment jsdom
import { expect, it } from 'vitest'

import { engine, HOUSEHOLD, METADATA } from '../form/testing/engine'
import { questionsIn } from '../form/sections'
import { caseQuestion, prefill } from './prefill'

const questions = [
  { type: 'group', name: 'about', questions: [{ type: 'text', name: 'household' }] },
  { type: 'repeat', name: 'member', questions: [{ type: 'text', name: 'person' }] },
]
const naming = (entity_id: unknown): unknown => ({ entities: [{ dataset: 'households', entity_id }], questions })

it('finds the question by which a form names its entity', () => {
  expect(caseQuestion(naming('${household}'))).toBe('/data/about/household')
  expect(caseQuestion({ ...(naming(' ${ household } ') as object), root_name: 'visit' })).toBe('/visit/about/household')
})

it.each([null, {}, { entities: {} }, { entities: [] }, naming(undefined), naming("concat(${household}, '')"), naming('${other}'), naming('${person}')])(
  'leaves alone what names none: %j',
  (definition) => {
    expect(caseQuestion(definition)).toBeNull()
  },
)

it('puts the id into the question once, and never over an answer', async () => {
  const form = await engine().open(HOUSEHOLD, METADATA)
  const question = form.sections.flatMap(({ items }) => questionsIn(items)).find(({ kind }) => kind === 'text')
  const path = question?.reference ?? ''
  const inner = path.split('/').slice(2)
  const nested = inner.reduceRight<readonly object[]>(
    (held, name, at) => [at === inner.length - 1 ? { type: 'text', name } : { type: 'group', name, questions: held }],
    [],
  )
  const definition = { root_name: path.split('/')[1], entities: [{ dataset: 'd', entity_id: `\${${String(inner.at(-1))}}` }], questions: nested }
  expect(prefill(form, definition, 'hh-0042')).toBe(true)
  expect(question?.text).toBe('hh-0042')
  expect(prefill(form, definition, 'hh-0043')).toBe(false)
  expect(question?.text).toBe('hh-0042')
})

import { expect, it } from 'vitest'
import { outlineOf, type Asked } from '../../moving/outline'
import { answerText, entriesText, fileKind, questionText } from './words'

const outline = outlineOf({
  missing: { kinds: { refused: { label: { de: 'Möchte nicht' } } } },
  choices: { work: [{ name: 'a', label: { de: 'Angestellt' } }, { name: 'b' }] },
  questions: [
    { type: 'integer', name: 'age', missing: true, label: { de: '**Wie alt** ist ${name}?' } },
    { type: 'select_multiple', name: 'work', choices: 'work' },
    { type: 'date', name: 'born' },
    { type: 'date', name: 'since', appearance: 'month-year' },
    { type: 'date', name: 'moved', appearance: 'year' },
    { type: 'repeat', name: 'child', label: { de: 'Kind' }, questions: [{ type: 'repeat', name: 'stay', questions: [{ type: 'image', name: 'house' }] }] },
  ],
})

function asked(path: string): Asked {
  const found = outline.questions.get(path)
  if (found === undefined) throw new Error(path)
  return found
}

const answer = (path: string, text: string): string => answerText({ place: path, question: asked(path), text, reason: 'question' }, 'de')

it('questions stand as they are asked, without their markup', () => {
  expect(questionText(asked('age'), 'de')).toBe('Wie alt ist …?')
  expect(questionText(asked('work'), 'de')).toBe('work')
})

it('answers stand as they were chosen or said', () => {
  expect(answer('work', 'a b')).toBe('Angestellt, b')
  expect(answer('age_missing', 'refused')).toBe('Möchte nicht')
  expect(answer('born', '2011-05-01')).toBe('1. Mai 2011')
  expect([answer('since', '2011-05-01'), answer('moved', '2011-01-01')]).toEqual(['Mai 2011', '2011'])
  expect(answer('age', '41')).toBe('41')
})

it('files are told by their kind, and entries by their number', () => {
  expect([fileKind(asked('child/stay/house')), fileKind(asked('age'))]).toEqual(['image', null])
  expect(entriesText('child[2]/stay[1]/house', outline, 'de')).toBe('Kind 2 · stay 1')
  expect(entriesText('child/house', outline, 'de')).toBe('Kind')
  expect(entriesText('age', outline, 'de')).toBe('')
})

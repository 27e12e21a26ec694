import { expect, test } from 'vitest'

import { backgroundIn, qualityIn } from './settings'

test('the quality is that of the question, wherever it stands; anything odd is normal', () => {
  const audio = { type: 'audio', name: 'talk', parameters: { quality: 'voice-only' } }
  const definition = { questions: [{ type: 'group', name: 'g', questions: [{ type: 'text', name: 'talk' }, audio] }] }
  expect(qualityIn(definition, 'talk')).toBe('voice-only')
  expect([qualityIn(definition, 'other'), qualityIn(null, 'talk'), qualityIn({ questions: 7 }, 'talk')]).toEqual([
    'normal',
    'normal',
    'normal',
  ])
})

test('a recording of the whole interview is found by its type', () => {
  const whole = { type: 'background_audio', name: 'whole', parameters: { quality: 'low' } }
  expect(backgroundIn({ questions: [{ type: 'group', questions: [whole] }] })).toEqual({ name: 'whole', quality: 'low' })
  expect(backgroundIn({ questions: [{ type: 'audio', name: 'whole' }] })).toBeNull()
})

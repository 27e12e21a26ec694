// @vitest-environment jsdom
import { flushPromises, mount } from '@vue/test-utils'
import { expect, test } from 'vitest'

import type { Interviewer, Tablet } from '../../services'
import { DEFAULT_POLICY } from '../../store/policy'
import { interfaceI18n } from '../i18n'
import { TABLET } from '../tablet'
import UnlockScreen from './UnlockScreen.vue'

const PERSON: Interviewer = { id: 'int-07', protection: 'pin', recovery: 1, canRecover: true, hasPasskey: false, isAway: false, isKeyless: false }

test('a PIN that is entered before it is known who is here opens all the same', async () => {
  const opened: string[] = []
  const waiting: ((people: readonly Interviewer[]) => void)[] = []
  const tablet: Partial<Tablet> = {
    interviewers: () => new Promise((answer) => waiting.push(answer)),
    policy: () => Promise.resolve(DEFAULT_POLICY),
    waiting: () => Promise.resolve(0),
    unlock: (pin, who) => {
      opened.push(`${who ?? ''} ${pin}`)
      return Promise.resolve()
    },
    subscribe: () => () => undefined,
  }
  const i18n = await interfaceI18n({ getItem: () => 'de' }, [], true)
  const page = mount(UnlockScreen, { global: { plugins: [i18n], provide: { [TABLET as symbol]: tablet } } })
  await page.find('[data-testid="unlock-pin"]').setValue('271828')
  await page.find('[data-testid="unlock-submit"]').trigger('click')
  for (const answer of waiting.splice(0)) answer([PERSON])
  await flushPromises()
  expect(opened).toEqual(['int-07 271828'])
})

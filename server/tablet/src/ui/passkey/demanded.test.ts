// @vitest-environment jsdom
import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, test } from 'vitest'

import { TabletError, type Identity, type Interviewer, type Policy, type Tablet } from '../../services'
import { DEFAULT_POLICY } from '../../store/policy'
import { interfaceI18n } from '../i18n'
import UnlockScreen from '../screens/UnlockScreen.vue'
import { TABLET } from '../tablet'
import PasskeyOffer from './PasskeyOffer.vue'
import PasskeySetting from './PasskeySetting.vue'

const DEMANDED: Policy = { ...DEFAULT_POLICY, passkey: 'demanded' }
const IDENTITY: Identity = { device: 'd', study: 's', title: {}, site: { id: 'x', kind: 'arrival', title: {} }, interviewer: 'int-07', central: '' }
let asked: string[]
let isThere: boolean
let policy: Policy
let failing: string | null
let person: Interviewer

function tablet(): Partial<Tablet> {
  return {
    identity: () => Promise.resolve(IDENTITY),
    interviewers: () => Promise.resolve([person]),
    policy: () => Promise.resolve(policy),
    waiting: () => Promise.resolve(0),
    unlock: (pin) => {
      asked.push(`unlock ${pin}`)
      return Promise.resolve()
    },
    passkeys: {
      isThere: () => Promise.resolve(isThere),
      add: (pin) => {
        asked.push(`add ${pin}`)
        return failing === null ? Promise.resolve() : Promise.reject(new TabletError(failing))
      },
      remove: () => Promise.resolve(),
    },
    subscribe: () => () => undefined,
  }
}

async function show(component: Parameters<typeof mount>[0], props: Record<string, unknown> = {}): Promise<VueWrapper> {
  const i18n = await interfaceI18n({ getItem: () => 'de' }, [], true)
  const page = mount(component, { props, global: { plugins: [i18n], provide: { [TABLET as symbol]: tablet() } } })
  await flushPromises()
  return page
}

async function open(page: VueWrapper): Promise<void> {
  await page.find('[data-testid="unlock-pin"]').setValue('271828')
  await page.find('[data-testid="unlock-submit"]').trigger('click')
  await flushPromises()
}

beforeEach(() => {
  asked = []
  isThere = true
  policy = DEMANDED
  failing = null
  person = { id: 'int-07', protection: 'pin', recovery: 1, canRecover: true, hasPasskey: false, isAway: false, isKeyless: false }
})

test('a passkey that the study demands is made at the next opening, and left out once it cannot be made', async () => {
  failing = 'passkey.not_made'
  const page = await show(UnlockScreen)
  await open(page)
  expect(page.find('[data-code="passkey.not_made"]').exists()).toBe(true)
  await open(page)
  expect(asked).toEqual(['add 271828', 'unlock 271828'])
})

test('nothing is made where there is one already, where none is demanded, and where the platform has none', async () => {
  const cases: [Policy, boolean, boolean][] = [[DEMANDED, true, true], [DEFAULT_POLICY, true, false], [DEMANDED, false, false]]
  for (const [demands, there, hasPasskey] of cases) {
    policy = demands
    isThere = there
    person = { ...person, hasPasskey }
    await open(await show(UnlockScreen))
  }
  expect(asked).toEqual(['unlock 271828', 'unlock 271828', 'unlock 271828'])
})

test('once the platform made a passkey that gives no keys, only the settings offer one', async () => {
  person = { ...person, isKeyless: true }
  await open(await show(UnlockScreen))
  expect(asked).toEqual(['unlock 271828'])
  expect((await show(PasskeySetting)).find('[data-testid="passkey-turn"]').exists()).toBe(true)
})

test('a passkey that no code could replace is neither demanded nor offered', async () => {
  person = { ...person, canRecover: false }
  await open(await show(UnlockScreen))
  expect(asked).toEqual(['unlock 271828'])
  expect((await show(PasskeySetting)).text()).toBe('')
  person = { ...person, canRecover: true }
  expect((await show(PasskeySetting)).find('[data-testid="passkey-turn"]').exists()).toBe(true)
})

test('beside a new PIN it is offered, or on where it is demanded, and can be left out only after it failed', async () => {
  const box = async (isDemanded: boolean, hasFailed: boolean) => {
    const page = await show(PasskeyOffer, { isDemanded, hasFailed, modelValue: false })
    const field = page.find<HTMLInputElement>('[data-testid="passkey-wanted"]')
    return { isLocked: field.element.disabled, told: page.emitted('update:modelValue')?.flat() }
  }
  expect(await box(false, false)).toEqual({ isLocked: false, told: undefined })
  expect(await box(true, false)).toEqual({ isLocked: true, told: [true] })
  expect((await box(true, true)).isLocked).toBe(false)
  isThere = false
  expect((await show(PasskeyOffer, { isDemanded: true, hasFailed: false, modelValue: false })).text()).toBe('')
})

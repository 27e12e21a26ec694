// @vitest-environment jsdom
import { mount, flushPromises, type VueWrapper } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { REASONS, engine } from '../../form/testing/engine'
import { interfaceI18n } from '../i18n'
import { TABLET } from '../tablet'
import { memoryTablet } from '../testing/tablet'
import InterviewPages from './InterviewPages.vue'
import { openSession } from './opening'

let given: string[]
let taken: string[]

beforeEach(() => {
  given = []
  taken = []
  vi.stubGlobal('scrollTo', () => undefined)
  URL.createObjectURL = () => {
    given.push(`blob:${given.length + 1}`)
    return given.at(-1) ?? ''
  }
  URL.revokeObjectURL = (address) => void taken.push(address)
})

async function shown(files: Readonly<Record<string, string>>): Promise<VueWrapper> {
  const file = (name: string) => Promise.resolve(name in files ? new Blob([files[name] ?? '']) : null)
  const form = { ...REASONS, version: `with ${Object.keys(files).join()}`, file }
  const { tablet } = memoryTablet(form)
  const session = await openSession(tablet, engine(), { form }, 'de')
  const page = mount(InterviewPages, {
    props: { session },
    global: { plugins: [await interfaceI18n({ getItem: () => 'de' }, [], true)], provide: { [TABLET as symbol]: tablet } },
  }) as VueWrapper
  await vi.waitFor(() => expect(page.find('main').attributes('aria-busy')).toBe('false'), { timeout: 20_000 })
  await flushPromises()
  return page
}

it('shows the picture of a label from the files of the form, and gives its memory back', async () => {
  const page = await shown({ 'klein.png': 'picture' })
  const picture = page.find('[data-name="map"] img')
  expect(picture.attributes('src')).toBe('blob:1')
  page.unmount()
  expect(taken).toEqual(given)
})

it('shows nothing where the file is not there, or is no picture', async () => {
  const without = await shown({})
  expect(without.find('[data-name="map"] img').exists()).toBe(false)
  expect(without.find('[data-name="map"]').text()).toBe('Die Karte')
  const broken = await shown({ 'klein.png': '' })
  await broken.find('[data-name="map"] img').trigger('error')
  expect(broken.find('[data-name="map"] img').exists()).toBe(false)
})

// @vitest-environment jsdom
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { TabletError } from '../../services'
import { HOUSEHOLD, engine, question } from '../../form/testing/engine'
import { afterPaint } from '../after_paint'
import { memoryTablet, type MemoryTablet } from '../testing/tablet'
import { openSession } from './opening'
import type { Session } from './session'

const shared = engine()
let memory: MemoryTablet
let session: Session

const type = (name: string, text: string): void => session.setText(question(session.form, `/data/household/${name}`), text)
const agree = (): void => session.setSelected(question(session.form, '/data/consent/agree'), ['yes'])

beforeEach(async () => {
  memory = memoryTablet()
  session = await openSession(memory.tablet, shared, { form: HOUSEHOLD }, 'de')
})

describe('the language of the form', () => {
  it('is that of the app where the form has it, and making it so leaves no draft', async () => {
    const inBulgarian = await openSession(memory.tablet, engine(), { form: HOUSEHOLD }, 'bg')
    expect(inBulgarian.form.language).toBe('bg')
    const unknown = await openSession(memory.tablet, engine(), { form: HOUSEHOLD }, 'en')
    expect(unknown.form.language).toBe('de')
    expect(memory.log).toEqual([])
  })

  it('of a draft is the one it was left in', async () => {
    session.setLanguage('bg')
    agree()
    await session.settled()
    expect((await openSession(memory.tablet, engine(), { draft: 'd1' }, 'de')).form.language).toBe('bg')
  })
})

describe('an answer', () => {
  it('is on disk when the screen says so', async () => {
    agree()
    type('head', 'Ana')
    expect(session.state.keeping).toBe('keeping')
    await session.settled()
    expect(session.state.keeping).toBe('kept')
    expect(memory.drafts.get('d1')?.instanceXml).toContain('<head>Ana</head>')
  })

  it('given while another is written is written after it, and many at once only once', async () => {
    let open = (): void => undefined
    memory.gate = new Promise((resolve) => (open = resolve))
    agree()
    // Until it has been seen on the screen nothing is written.
    await afterPaint()
    for (const text of ['A', 'An', 'Ana']) type('head', text)
    open()
    await session.settled()
    type('size', '4')
    await session.settled()
    expect(memory.log).toEqual(['create d1', 'save d1', 'save d1'])
    expect(memory.drafts.get('d1')?.instanceXml).toContain('<head>Ana</head><size>4</size>')
  })

  it('is kept only under the version that the interview was opened under', async () => {
    const save = vi.spyOn(memory.tablet.drafts, 'save')
    agree()
    await session.settled()
    type('head', 'Ana')
    await session.settled()
    expect(save.mock.lastCall?.at(3)).toBe(HOUSEHOLD.version)
  })

  it('that could not be kept is said, and kept with the next try', async () => {
    agree()
    await session.settled()
    memory.failing = 'storage.full'
    type('head', 'Ana')
    await session.settled()
    expect(session.state).toMatchObject({ keeping: 'failed', problem: 'storage.full' })
    memory.failing = null
    session.changed()
    await session.settled()
    expect(session.state).toMatchObject({ keeping: 'kept', problem: null })
    expect(memory.drafts.get('d1')?.instanceXml).toContain('Ana')
  })
})

describe('a draft', () => {
  it('is made by the first answer, not by looking', async () => {
    session.moved('/data/consent')
    session.setLanguage('bg')
    await session.settled()
    expect(memory.log).toEqual([])
    agree()
    await session.settled()
    expect(memory.drafts.get('d1')).toMatchObject({ language: 'bg', position: '/data/consent' })
  })

  it('is tried again when it could not be made', async () => {
    memory.failing = 'storage.full'
    agree()
    await session.settled()
    expect(session.state.keeping).toBe('failed')
    memory.failing = null
    session.changed()
    await session.settled()
    expect(memory.drafts.size).toBe(1)
  })

  it('goes on where it was', async () => {
    agree()
    type('head', 'Ana')
    session.moved('/data/household')
    await session.settled()
    const again = await openSession(memory.tablet, engine(), { draft: 'd1' }, 'de')
    expect(again.form.position).toBe('/data/household')
    expect(question(again.form, '/data/household/head').text).toBe('Ana')
  })
})

describe('a file', () => {
  const photo = new Blob(['picture'])

  it('is there before an answer names it, and its own name is not taken over', async () => {
    agree()
    await session.settled()
    const house = question(session.form, '/data/photo/house')
    await session.attach(house, new File([photo], 'Maria Ivanova.jpg'), '.jpg')
    await session.settled()
    expect(house.text).toMatch(/^house-[0-9a-f]{8}\.jpg$/u)
    const [, put, save] = memory.log
    expect([put, save]).toEqual([`put d1 ${house.text}`, 'save d1'])
    expect(await (await session.attachment(house)).text()).toBe('picture')
  })

  it('that was replaced or removed goes when no draft names it any more', async () => {
    agree()
    const house = question(session.form, '/data/photo/house')
    await session.attach(house, photo, '.jpg')
    const first = house.text
    await session.attach(house, photo, '.jpg')
    const second = house.text
    expect([...memory.files.keys()]).toEqual([second])
    await session.detach(house)
    expect(memory.files.size).toBe(0)
    expect(memory.log.slice(-2)).toEqual(['save d1', `remove d1 ${second}`])
    expect(first).not.toBe(second)
  })

  it('that was removed stays while the draft that names it is the last one kept', async () => {
    agree()
    const house = question(session.form, '/data/photo/house')
    await session.attach(house, photo, '.jpg')
    await session.settled()
    memory.failing = 'storage.full'
    await session.detach(house)
    expect(memory.files.size).toBe(1)
  })
})

describe('finishing', () => {
  it('goes no further where somebody went on with the draft elsewhere', async () => {
    agree()
    await session.settled()
    memory.failing = 'draft.elsewhere'
    type('head', 'Ana')
    await expect(session.finish()).rejects.toMatchObject({ code: 'draft.elsewhere' })
    expect(memory.log.some((line) => line.startsWith('finish'))).toBe(false)
  })

  it('waits for the last answer, and hands over what stands in the instance', async () => {
    agree()
    const house = question(session.form, '/data/photo/house')
    await session.attach(house, new Blob(['picture']), '.jpg')
    const name = house.text
    session.setLanguage('bg')
    type('head', 'Ana')
    const { instance } = await session.finish()
    expect(memory.log.at(-1)).toBe(`finish d1 bg ${name}`)
    expect(instance).toMatch(/<end>\d{4}-.*<head>Ana<\/head>/u)
  })
  it('waits for a photo that is still being made smaller, and lets nothing be answered meanwhile', async () => {
    agree()
    const house = question(session.form, '/data/photo/house')
    let made = (): void => undefined
    const smaller = new Promise<void>((resolve) => (made = resolve))
    const attaching = session.during(async () => {
      await smaller
      await session.attach(house, new Blob(['picture']), '.jpg')
    })
    const finishing = session.finish()
    await session.settled()
    expect(session.state.sealing).toBe(true)
    made()
    await attaching
    const { instance } = await finishing
    expect(memory.log.at(-1)).toBe(`finish d1 de ${house.text}`)
    expect(instance).toContain(`<house>${house.text}</house>`)
    expect(session.state.sealing).toBe(false)
  })

  it('does not go on without a file that could not be kept', async () => {
    agree()
    let fail = (_: TabletError): void => undefined
    const attaching = session.during(() => new Promise((_, reject) => (fail = reject)))
    const finishing = session.finish()
    await session.settled()
    const reason = new TabletError('storage.full')
    fail(reason)
    expect(await Promise.allSettled([attaching, finishing])).toEqual([
      { status: 'rejected', reason },
      { status: 'rejected', reason },
    ])
    expect(memory.log.some((line) => line.startsWith('finish'))).toBe(false)
    expect(session.state.sealing).toBe(false)
  })
})

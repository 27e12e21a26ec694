import { describe, expect, it } from 'vitest'
import { TabletError } from '../services'
import { PREVIEW_MESSAGES } from '../preview/messages'
import { describeError, tellErrorsIn, textOf } from './errors'
import { INTERFACE_LANGUAGES, interfaceI18n, speak, speakOfInterviews, startLanguage, TEXTS, WHOLE, type InterfaceLanguage } from './i18n'
import { ICON_NAMES, pathOf } from './kit/icons'

const LANGUAGES = Object.keys(INTERFACE_LANGUAGES) as InterfaceLanguage[]
const LOADED = new Map(await Promise.all(LANGUAGES.map(async (language) => {
  const [{ messages: atHome, errors }, messages] = await Promise.all([TEXTS[language](), WHOLE[language]()])
  return [language, { messages, atHome, errors }] as const
})))
for (const [language, { errors }] of LOADED) tellErrorsIn(language, errors)

function textsOf(language: InterfaceLanguage) {
  const texts = LOADED.get(language)
  if (texts === undefined) throw new Error(`no texts in ${language}`)
  return texts
}

/** Names and abbreviations that another language writes as German does. */
const SAME_IN_MANY = new Set([
  'app/name',
  'home/finishedNumber',
  'settings/sizeNormal',
  'settings/contrast',
  'question/minute',
  'question/bikramSambat',
  'sizes/tablet',
  'sizes/phone',
  'variable',
  'warning',
  'calendar/as/list',
  'place/north',
  'place/south',
  'place/east',
  'place/west',
])

/** Every text by its path. */
function flat(texts: object, path = ''): Map<string, string> {
  const found = new Map<string, string>()
  for (const [key, value] of Object.entries(texts) as [string, unknown][]) {
    const here = path === '' ? key : `${path}/${key}`
    if (typeof value === 'string') found.set(here, value)
    else for (const [inner, text] of flat(value as object, here)) found.set(inner, text)
  }
  return found
}

/** The parameters of a text. A plural names them once for each of its forms. */
function params(text: string): string[] {
  return [...new Set([...text.matchAll(/\{(\w+)\}/gu)].map(([, name = '']) => name))].sort()
}

describe.each([
  ['messages', (language: InterfaceLanguage) => flat(textsOf(language).messages)],
  ['errors', (language: InterfaceLanguage) => flat(textsOf(language).errors)],
  ['words of the preview', (language: InterfaceLanguage) => flat(PREVIEW_MESSAGES[language])],
])('the %s', (_, texts) => {
  const german = texts('de')

  it.each(LANGUAGES)('say in %s all that they say in German, with the same parameters', (language) => {
    const own = texts(language)
    expect([...own.keys()].sort()).toEqual([...german.keys()].sort())
    for (const [path, text] of own) {
      expect(text.trim(), path).not.toBe('')
      expect(params(text), path).toEqual(params(german.get(path) ?? ''))
      expect(text.split('|').length, path).toBe((german.get(path) ?? '').split('|').length)
    }
  })

  it.each(LANGUAGES.filter((language) => language !== 'de'))('are not left in German in %s', (language) => {
    const own = texts(language)
    const hasWords = (text: string): boolean => /\p{L}/u.test(text.replace(/\{\w+\}/gu, ''))
    const same = [...own].filter(([path, text]) => german.get(path) === text && hasWords(text)).map(([path]) => path)
    expect(same.filter((path) => !SAME_IN_MANY.has(path))).toEqual([])
  })
})

it('every text that the interface asks for by its name is there', () => {
  const sources = import.meta.glob<string>(['./**/*.vue', './**/*.ts', '!./messages/**'], { query: '?raw', import: 'default', eager: true })
  const asked = Object.values(sources).flatMap((source) => [...source.matchAll(/\bt\('(\w+(?:\.\w+)+)'/gu)].map(([, name = '']) => name))
  const known = flat(textsOf('de').messages)
  expect(asked.length).toBeGreaterThan(100)
  expect([...new Set(asked)].filter((name) => !known.has(name.replaceAll('.', '/')))).toEqual([])
})

describe('an error', () => {
  it('says what happened and what helps', () => {
    const said = describeError(new TabletError('pin.wait', { seconds: 30 }), 'de')
    expect(said).toMatchObject({ code: 'pin.wait', isUnexpected: false })
    expect(said.remedy).toContain('30')
  })

  it('of a family without a text of its own shows its code', () => {
    expect(textOf('envelope.body.hash', 'bg')).toMatchObject({
      code: 'envelope.body.hash',
      text: textsOf('bg').errors.envelope.text,
      isUnexpected: true,
    })
  })

  it('that nobody foresaw keeps its message to itself', () => {
    const said = describeError(new Error('Maria Ivanova'), 'de')
    expect(JSON.stringify(said)).not.toContain('Maria')
    expect(textOf('toString', 'de').text).toBe(textsOf('de').errors.unexpected.text)
  })
})

describe('the interface', () => {
  it('starts in the language that was chosen, else in one of the browser, else in German', () => {
    const kept = (value: string | null) => ({ getItem: () => value })
    expect(startLanguage(kept('bg'), ['en-US'])).toBe('bg')
    expect(startLanguage(kept('xx'), ['fr', 'en-US'])).toBe('en')
    expect(startLanguage(kept(null), ['fr'])).toBe('de')
  })

  it('brings the texts of a language with the switch to it, errors too', async () => {
    const { global } = await interfaceI18n({ getItem: () => 'de' }, [])
    expect(Object.keys(global.messages.value)).toEqual(['de'])
    await speak(global, 'tr')
    expect(global.t('home.lock')).toBe('Kilitle')
    expect(textOf('pin.wrong', 'tr').text).toBe('PIN yanlış.')
  })

  it('says what it says in an interview once one is opened, and then in every language', async () => {
    const { global } = await interfaceI18n({ getItem: () => 'de' }, [])
    expect(global.t('interview.leave')).toBe('interview.leave')
    await speakOfInterviews(global)
    expect(global.t('interview.leave')).toBe(textsOf('de').messages.interview.leave)
    await speak(global, 'ro')
    expect(global.t('interview.leave')).not.toBe('interview.leave')
  })

  it('fills parameters and chooses the form of a plural', async () => {
    const { global } = await interfaceI18n({ getItem: () => 'de' }, [])
    expect(global.t('storage.left', { left: '1 GB', quota: '2 GB' })).toBe('1 GB frei von 2 GB')
    expect(global.t('home.parts', { count: 1 }, 1)).toBe('mit 1 Anhang')
    expect(global.t('home.parts', { count: 3 }, 3)).toBe('mit 3 Anhängen')
  })

  it('has at hand all that home and unlocking say', () => {
    const screens = import.meta.glob<string>(
      // What is left out comes with all that is said.
      ['./*.vue', './{home,kit,lock,training}/*.vue', './handover/DeliveryNotes.vue', './screens/{Home,Unlock}Screen.vue', '!./lock/RecoverPanel.vue', '!./kit/NewSecret.vue'],
      { query: '?raw', import: 'default', eager: true },
    )
    const areas = Object.values(screens).flatMap((text) => [...text.matchAll(/\bt\(\s*['`](\w+)\./g)].map(([, area]) => area))
    expect(areas.length).toBeGreaterThan(50)
    for (const language of LANGUAGES) expect(Object.keys(textsOf(language).atHome)).toEqual(expect.arrayContaining(areas))
  })

  it.each(ICON_NAMES)('has the mark %s', (name) => expect(pathOf(name)).not.toBe(''))
})

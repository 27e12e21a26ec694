import { describe, expect, it } from 'vitest'
import { TabletError } from '../services'
import { ERROR_TEXTS, describeError, textOf } from './errors'
import { INTERFACE_LANGUAGES, MESSAGES, startLanguage, type InterfaceLanguage } from './i18n'
import { ICON_NAMES, pathOf } from './kit/icons'

const LANGUAGES = Object.keys(INTERFACE_LANGUAGES) as InterfaceLanguage[]

/** Names and abbreviations that another language writes as German does. */
const SAME_IN_MANY = new Set(['app/name', 'home/finishedNumber'])

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
  ['messages', (language: InterfaceLanguage) => flat(MESSAGES[language])],
  ['errors', (language: InterfaceLanguage) => flat(ERROR_TEXTS[language])],
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

describe('an error', () => {
  it('says what happened and what helps', () => {
    const said = describeError(new TabletError('pin.wait', { seconds: 30 }), 'de')
    expect(said).toMatchObject({ code: 'pin.wait', isUnexpected: false })
    expect(said.remedy).toContain('30')
  })

  it('of a family without a text of its own shows its code', () => {
    expect(textOf('envelope.body.hash', 'bg')).toMatchObject({
      code: 'envelope.body.hash',
      text: ERROR_TEXTS.bg.envelope.text,
      isUnexpected: true,
    })
  })

  it('that nobody foresaw keeps its message to itself', () => {
    const said = describeError(new Error('Maria Ivanova'), 'de')
    expect(JSON.stringify(said)).not.toContain('Maria')
    expect(textOf('toString', 'de').text).toBe(ERROR_TEXTS.de.unexpected.text)
  })
})

describe('the interface', () => {
  it('starts in the language that was chosen, else in one of the browser, else in German', () => {
    const kept = (value: string | null) => ({ getItem: () => value })
    expect(startLanguage(kept('bg'), ['en-US'])).toBe('bg')
    expect(startLanguage(kept('xx'), ['fr', 'en-US'])).toBe('en')
    expect(startLanguage(kept(null), ['fr'])).toBe('de')
  })

  it.each(ICON_NAMES)('has the mark %s', (name) => expect(pathOf(name)).not.toBe(''))
})

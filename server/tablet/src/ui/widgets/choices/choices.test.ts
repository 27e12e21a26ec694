// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { folded, searched } from './folded'
import { isQuick, lookOf } from './looks'
import { readMap } from './svg_map'

const list = (...words: readonly string[]) => words.map((plain) => ({ label: { plain } }))
const words = (found: readonly { readonly label: { readonly plain: string } }[]): readonly string[] => found.map(({ label }) => label.plain)

describe('a search', () => {
  it.each([
    ['Brăila', 'braila'],
    ['Iğdır', 'igdir'],
    ['İSTANBUL', 'istanbul'],
    ['Straße', 'strasse'],
    ['Й', 'и'],
  ])('takes %s for %s', (written, typed) => {
    expect(folded(written)).toBe(typed)
  })

  it('finds all words in any order, and first what begins with what was typed', () => {
    const places = list('Bad Essen', 'Essen', 'Neu Essen (Bad)', 'Bochum')
    expect(words(searched(places, 'essen'))).toEqual(['Essen', 'Bad Essen', 'Neu Essen (Bad)'])
    expect(words(searched(places, 'bad essen'))).toEqual(['Bad Essen', 'Neu Essen (Bad)'])
    expect(searched(places, ' ')).toBe(places)
    expect(searched(places, 'x')).toEqual([])
  })
})

describe('appearances', () => {
  const look = (...names: readonly string[]) => lookOf(new Set(names))

  it('say how choices stand, in old words and new ones', () => {
    expect(look()).toEqual({ columns: 'rows', hasMarks: true })
    expect(look('columns-3')).toEqual({ columns: 3, hasMarks: true })
    expect(look('columns')).toEqual({ columns: 'auto', hasMarks: true })
    expect(look('columns-pack', 'no-buttons')).toEqual({ columns: 'pack', hasMarks: false })
    expect(look('compact-2')).toEqual({ columns: 2, hasMarks: false })
    expect(look('columns-99')).toEqual({ columns: 12, hasMarks: true })
    expect(isQuick(new Set(['quick']))).toBe(true)
  })
})

describe('a map', () => {
  const svg = (inner: string): string => `<svg xmlns="http://www.w3.org/2000/svg" width="30" height="20">${inner}</svg>`
  const values = new Set(['west', 'east'])

  it('is drawn anew, without what could run or fetch', () => {
    const map = readMap(
      svg(
        '<style>.land{fill:#eee}#west{stroke:url(http://evil.example/x)}</style><script>alert(1)</script>' +
          '<path id="west" class="land" d="M0 0h9v9z" onclick="alert(1)" style="stroke:#111;background:url(x)"/>' +
          '<a href="javascript:alert(1)"><rect id="east" width="3" height="3"/></a>' +
          '<image href="http://evil.example/x.png"/><foreignObject><p>x</p></foreignObject>',
      ),
      values,
    )
    expect(map?.picture.outerHTML).toBe(
      '<svg viewBox="0 0 30 20"><path fill="#eee" id="west" d="M0 0h9v9z" stroke="#111"></path></svg>',
    )
    expect([...(map?.regions.keys() ?? [])]).toEqual(['west'])
  })

  it('is none where no part is a choice, or the file is something else', () => {
    expect(readMap(svg('<path id="north" d="M0 0z"/>'), values)).toBeNull()
    expect(readMap('<html><p id="west"/></html>', values)).toBeNull()
    expect(readMap('not a picture', values)).toBeNull()
    expect(readMap(`<!DOCTYPE svg [<!ENTITY a "b">]>${svg('<path id="west"/>')}`, values)).toBeNull()
  })
})

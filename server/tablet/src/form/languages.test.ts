import { describe, expect, it } from 'vitest'
import { beginningIn } from './languages'

const XFORM = `<itext>
  <translation default="true()" lang="English (en)"><text id="a"><value>default="true()"</value></text></translation>
  <translation lang="Deutsch (de)"><text id="a"><value>Ja</value></text></translation>
</itext>`

describe('an XForm that begins in a language', () => {
  it('has that as its one default, and its texts as they were', () => {
    expect(beginningIn(XFORM, 'de')).toBe(
      XFORM.replace('<translation default="true()" lang', '<translation lang').replace(
        '<translation lang="Deutsch (de)"',
        '<translation default="true()" lang="Deutsch (de)"',
      ),
    )
  })

  it('stays as it is where it has no such language', () => {
    expect(beginningIn(XFORM, 'bg')).toBe(XFORM)
  })
})

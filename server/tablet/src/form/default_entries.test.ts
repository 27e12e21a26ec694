// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { FormEngine } from './engine'
import { HOUSEHOLD, METADATA, REPEATS, asInBrowser, engine, everything } from './testing/engine'
import type { OpenForm } from './open_form'
import { withoutDefaultEntries } from './default_entries'

function xform(instance: string, repeats: string): string {
  return `<h:html><model><instance><data>${instance}</data></instance><instance id="list"><a jr:template=""/><a/></instance></model>${repeats}</h:html>`
}

const MEMBER = '<repeat nodeset="/data/member">'

describe('the blank first entry of a repeat', () => {
  it('is left out where the repeat has a template', () => {
    const template = '<member jr:template=""><name/></member>'
    expect(withoutDefaultEntries(xform(`<a/>${template}<member><name/></member><b/>`, MEMBER))).toBe(
      xform(`<a/>${template}<b/>`, MEMBER),
    )
    expect(withoutDefaultEntries(xform('<member jr:template=""/><member/>', MEMBER))).toBe(
      xform('<member jr:template=""/>', MEMBER),
    )
  })

  it('goes with the entries within, and those within the template stay', () => {
    const repeats = `${MEMBER}<repeat nodeset="/data/member/trip">`
    const template = '<member jr:template=""><trip jr:template=""/><trip/></member>'
    expect(withoutDefaultEntries(xform(`${template}<member><trip jr:template=""/><trip/></member>`, repeats))).toBe(
      xform(template, repeats),
    )
  })

  it.each([
    ['without a template', '<member><name/></member>', MEMBER],
    ['one of several', '<member jr:template=""/><member/><member/>', MEMBER],
    ['counted by the form', '<member jr:template=""/><member/>', '<repeat nodeset="/data/member" jr:count="/data/n">'],
    ['of a fixed number', '<member jr:template=""/><member/>', '<repeat nodeset="/data/member" jr:noAddRemove="true()">'],
    ['of another place', '<group><member jr:template=""/><member/></group>', MEMBER],
    ['in a comment', '<member jr:template=""/><!--<member/>-->', MEMBER],
    ['in an instance that is broken', '<member jr:template=""/><member/></data></x></y>', MEMBER],
  ])('stays: %s', (_, instance, repeats) => {
    const given = xform(instance, repeats)
    if (instance.endsWith('</y>')) expect(() => withoutDefaultEntries(given)).not.toThrow()
    else expect(withoutDefaultEntries(given)).toBe(given)
  })

  it.each([HOUSEHOLD, REPEATS])('makes no difference to an interview', async (form) => {
    expect(withoutDefaultEntries(form.xform).length).toBeLessThan(form.xform.length)
    const asWritten = new FormEngine(async () => {
      const { loadForm } = await asInBrowser()
      return { loadForm: (_, options) => loadForm(form.xform, options) }
    })
    const [ours, theirs] = await Promise.all([engine().open(form, METADATA), asWritten.open(form, METADATA)])
    const draft = (opened: OpenForm): string => JSON.stringify(opened.draft()).replaceAll(/(?:uuid:)?[0-9a-f]{8}-[0-9a-f-]{27}|\d{4}-\d\d-\d\dT[^<"]*/gu, '')
    expect(draft(ours)).toBe(draft(theirs))
    for (const opened of [ours, theirs]) {
      for (const item of everything(opened)) if (item.item === 'roster' && item.open) opened.addEntry(item)
    }
    expect(draft(ours)).toBe(draft(theirs))
  })
})

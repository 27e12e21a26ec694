// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { METADATA, HOUSEHOLD, engine, question, roster } from '../../form/testing/engine'
import type { OpenForm } from '../../form/open_form'
import { useNavigation } from './navigation'

const shared = engine()

async function withTrip(): Promise<OpenForm> {
  const form = await shared.open(HOUSEHOLD, METADATA)
  form.setSelected(question(form, '/data/consent/agree'), ['yes'])
  form.addEntry(roster(form, '/data/member'))
  form.addEntry(roster(form, '/data/member'))
  form.setSelected(question(form, '/data/member[2]/abroad'), ['yes'])
  form.addEntry(roster(form, '/data/member[2]/trip'))
  return form
}

describe('navigation', () => {
  it('opens the entries in which a question stands, and closes them one by one', async () => {
    const navigation = useNavigation(await withTrip())
    navigation.goToQuestion('/data/member[2]/trip[1]/land')
    expect(navigation.trail.value.map(({ reference }) => reference)).toEqual(['/data/member[2]', '/data/member[2]/trip[1]'])
    expect(navigation.items.value.map(({ name }) => name)).toEqual(['land', 'region', 'months'])
    navigation.leaveEntry()
    expect(navigation.position.value).toBe('/data/member[2]')
    navigation.leaveEntry()
    expect(navigation.position.value).toBe('/data/member')
    expect(navigation.index.value).toBe(2)
  })

  it('begins where the draft was left', async () => {
    const form = await withTrip()
    form.position = '/data/member[2]/trip[1]'
    expect(useNavigation(form).position.value).toBe('/data/member[2]/trip[1]')
    form.position = '/data/gone'
    expect(useNavigation(form).position.value).toBe('/data/consent')
  })

  it('goes out of an entry whose question an answer has hidden', async () => {
    const form = await withTrip()
    const navigation = useNavigation(form)
    navigation.goToQuestion('/data/member[2]/trip[1]/land')
    form.setSelected(question(form, '/data/member[2]/abroad'), ['no'])
    expect(navigation.position.value).toBe('/data/member[2]')
  })

  it('stays at the place of a section that an answer has hidden', async () => {
    const form = await withTrip()
    const navigation = useNavigation(form)
    navigation.goToQuestion('/data/household/head')
    form.setSelected(question(form, '/data/consent/agree'), ['no'])
    expect(navigation.section.value?.name).toBe('photo')
    navigation.goToEnd()
    expect(navigation.isAtEnd.value).toBe(true)
  })

  it('keeps the entry that is open when one before it is removed', async () => {
    const form = await withTrip()
    const navigation = useNavigation(form)
    navigation.goToQuestion('/data/member[2]/member_name')
    const members = roster(form, '/data/member')
    const [first] = members.entries
    if (first === undefined) throw new Error('no first entry')
    form.removeEntry(members, first)
    expect(navigation.position.value).toBe('/data/member[1]')
    expect(question(form, '/data/member[1]/abroad').selected).toEqual(['yes'])
  })
})

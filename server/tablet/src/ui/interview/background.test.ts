// @vitest-environment jsdom
import { expect, it } from 'vitest'
import { engine, METADATA, question } from '../../form/testing/engine'
import type { RecordingService } from '../../recording/service'
import type { LoadedForm } from '../../services'
import { wholeOf, withBackground } from './background'
import { fileNameFor, isNamedFor } from './file_names'

const XFORM = `<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml" xmlns:odk="http://www.opendatakit.org/xforms" xmlns:jr="http://openrosa.org/javarosa">
<h:head><h:title>Whole</h:title><model><instance><data id="whole" version="1"><consent/><whole/><meta><instanceID/></meta></data></instance>
<bind nodeset="/data/consent" type="string"/><bind nodeset="/data/whole" type="binary" relevant="/data/consent = 'yes'"/>
<odk:recordaudio ref="/data/whole" event="odk-instance-load" odk:quality="low"/>
<bind nodeset="/data/meta/instanceID" type="string" readonly="true()" jr:preload="uid"/></model></h:head>
<h:body><input ref="/data/consent"><label>Consent</label></input></h:body></h:html>`
const FORM: LoadedForm = {
  id: 'whole',
  version: 'w1',
  title: { de: 'Ganz' },
  languages: ['de'],
  definition: { questions: [{ type: 'background_audio', name: 'whole', parameters: { quality: 'low' } }] },
  xform: XFORM,
}
const recorder = { answers: () => Promise.resolve(['other-00000000.webm', 'whole-1a2b3c4d.webm']) } as unknown as RecordingService

it('a recording of the whole interview is named in the record where the form has its place, once consent makes it so', async () => {
  const form = await engine().open(FORM, METADATA)
  const whole = wholeOf(form)
  expect(whole).toMatchObject({ name: 'whole', quality: 'low' })
  expect(whole?.place.isRelevant()).toBe(false)
  const without = await withBackground(await form.finish(), form, recorder, 'd1')
  expect(without.attachmentNames).toEqual([])
  form.setText(question(form, '/data/consent'), 'yes')
  expect(whole?.place.isRelevant()).toBe(true)
  const finished = await withBackground(await form.finish(), form, recorder, 'd1')
  expect(finished.attachmentNames).toEqual(['whole-1a2b3c4d.webm'])
  expect(finished.instanceXml).toContain('<whole>whole-1a2b3c4d.webm</whole>')
  expect(wholeOf(await engine().open({ ...FORM, version: 'w2', definition: null }, METADATA))).toBeNull()
})

it('a file is known by its question, also where the name of one begins with that of another', () => {
  const name = fileNameFor('rec', '.webm')
  expect(isNamedFor('rec', name)).toBe(true)
  expect(isNamedFor('rec', 'rec-x-1a2b3c4d.webm')).toBe(false)
  expect(isNamedFor('rec-x', 'rec-x-1a2b3c4d.webm')).toBe(true)
  expect([isNamedFor('rec', 'rec-photo.webm'), isNamedFor('rec', '')]).toEqual([false, false])
})

// @vitest-environment jsdom
import { describe, expect, it } from 'vitest'
import { consentOf, onlyRefusal } from './consent'

const ask = (name: string, more: object = {}): object => ({ type: 'select_one', name, consent: true, ...more })
const page = (name: string, ...questions: object[]): object => ({ type: 'group', name, questions })

describe('the question that allows the interview', () => {
  it('is the first that must be answered, wherever it stands', () => {
    const form = { questions: [page('place'), page('agreement', ask('agree', { required: true }), ask('quote'))] }
    expect(consentOf(form)).toEqual({ reference: '/data/agreement/agree', names: new Set(['agree', 'quote']) })
  })

  it('may be left open on the first page', () => {
    expect(consentOf({ root_name: 'survey', questions: [page('opening', ask('agree'))] })?.reference).toBe('/survey/opening/agree')
    expect(consentOf({ questions: [ask('agree'), page('rest')] })?.reference).toBe('/data/agree')
  })

  it('is none of those that allow only a part: a no to them loses nothing', () => {
    const repeated = { type: 'repeat', name: 'person', questions: [ask('agree', { required: true })] }
    expect(consentOf({ questions: [page('visit'), repeated, page('picture', ask('photo_consent'))] })).toBeNull()
    expect(consentOf({ questions: [repeated] })).toBeNull()
    expect(consentOf(null)).toBeNull()
  })
})

describe('what is left of a refusal', () => {
  const given =
    '<data xmlns:orx="http://openrosa.org/xforms" id="visit" version="3"><start>2026-01-02T03:04:05</start>' +
    '<opening><place>duisburg</place><consent>no</consent><name>Ana</name><meta>7</meta></opening><name>Ana</name>text' +
    '<person><consent>yes</consent></person><consent>yes</consent>' +
    '<orx:meta><orx:instanceID>uuid:1</orx:instanceID><orx:deprecatedID>uuid:0</orx:deprecatedID>' +
    '<orx:instanceName>Ana</orx:instanceName><orx:audit>audit.csv</orx:audit></orx:meta></data>'

  it('is the answer, the id, and what it replaces', () => {
    expect(onlyRefusal(given, '/data/opening/consent')).toBe(
      '<data xmlns:orx="http://openrosa.org/xforms" id="visit" version="3"><opening><consent>no</consent></opening>' +
        '<orx:meta><orx:instanceID>uuid:1</orx:instanceID><orx:deprecatedID>uuid:0</orx:deprecatedID></orx:meta></data>',
    )
  })

  it('is never the whole of what cannot be read', () => {
    expect(() => onlyRefusal('<data><open>', '/data/consent')).toThrow(SyntaxError)
  })
})

// @vitest-environment jsdom
import { beforeEach, describe, expect, it } from 'vitest'
import { HOUSEHOLD, engine, question } from '../form/testing/engine'
import { openSession } from '../ui/interview/opening'
import type { Session } from '../ui/interview/session'
import { memoryTablet, type MemoryTablet } from '../ui/testing/tablet'
import { auditCsv } from './audit'
import { followPlace } from './location'
import type { Entry } from './journal'
import { Recorder } from './recorder'
import { auditSettings, type AuditSettings } from './settings'

const PLAIN: AuditSettings = { trackChanges: false, identifyUser: false, asksReason: false, location: null }
const asked = (parameters: object): object => ({
  questions: [{ type: 'group', questions: [{ type: 'audit', name: 'audit', parameters }] }],
})

describe('what a form asks for', () => {
  it('stands in the parameters of its audit question', () => {
    expect(auditSettings(null)).toBeNull()
    expect(auditSettings({ questions: [{ type: 'text' }] })).toBeNull()
    expect(auditSettings(asked({}))).toEqual(PLAIN)
    const all = { 'track-changes': true, 'identify-user': true, 'track-changes-reasons': 'on-form-edit' }
    const place = { 'location-priority': 'balanced', 'location-min-interval': 10, 'location-max-age': 60 }
    expect(auditSettings(asked({ ...all, ...place }))).toEqual({
      trackChanges: true,
      identifyUser: true,
      asksReason: true,
      location: { isPrecise: false, everySeconds: 10, maxAgeSeconds: 60 },
    })
  })
})

describe('the file', () => {
  const entries: readonly Entry[] = [
    { kind: 'event', at: 1000, event: 'form start', node: '' },
    { kind: 'place', at: 1000, latitude: 51.5, longitude: 6.75, accuracy: 12 },
    { kind: 'page', at: 1000, group: '/data/g', questions: ['/data/g/a', '/data/g/b'] },
    { kind: 'answer', at: 1500, node: '/data/g/a', old: '', new: 'x' },
    { kind: 'answer', at: 1600, node: '/data/g/a', old: 'x', new: 'says "no", twice\nand goes' },
    { kind: 'answer', at: 1700, node: '/data/g/later', old: '1', new: '1' },
    { kind: 'event', at: 1800, event: 'constraint error', node: '/data/g/b' },
    // Killed here.
    { kind: 'event', at: 90_000, event: 'form resume', node: '' },
    { kind: 'end screen', at: 90_000 },
    { kind: 'left', at: 91_000 },
    { kind: 'reason', at: 91_000, text: 'typed wrong' },
    { kind: 'event', at: 91_000, event: 'form finalize', node: '' },
  ]

  it('says under which version of the form it goes on', () => {
    const [page] = entries.slice(2, 3)
    if (page === undefined) throw new Error('no page')
    const moved: readonly Entry[] = [page, { kind: 'moved', at: 1200, from: 'v1', to: 'v2' }, { kind: 'event', at: 1300, event: 'form resume', node: '' }]
    expect(auditCsv(moved, { ...PLAIN, trackChanges: true }, 'int-3').split('\n').slice(4)).toEqual(['form version,,1200,,v1,v2', 'form resume,,1300,,,', ''])
  })

  it('has the columns that were asked for and no more', () => {
    expect(auditCsv(entries, PLAIN, 'int-3').split('\n').slice(0, 4)).toEqual([
      'event,node,start,end',
      'form start,,1000,',
      'group questions,/data/g,1000,1800',
      'question,/data/g/a,1000,1800',
    ])
    expect(auditCsv(entries, PLAIN, 'int-3')).not.toContain('twice')
  })

  it('says what changed, who and where, and ends what a kill left open with the last that is known', () => {
    const location = { isPrecise: true, everySeconds: 1, maxAgeSeconds: 60 }
    const csv = auditCsv(entries, { trackChanges: true, identifyUser: true, asksReason: true, location }, 'int-3')
    expect(csv).toBe(
      [
        'event,node,start,end,latitude,longitude,accuracy,old-value,new-value,user,change-reason',
        'form start,,1000,,51.5,6.75,12,,,int-3,',
        'group questions,/data/g,1000,1800,51.5,6.75,12,,,int-3,',
        'question,/data/g/a,1000,1800,51.5,6.75,12,,"says ""no"", twice\nand goes",int-3,',
        'question,/data/g/b,1000,1800,51.5,6.75,12,,,int-3,',
        'question,/data/g/later,1000,1800,51.5,6.75,12,,,int-3,',
        'constraint error,/data/g/b,1800,,51.5,6.75,12,,,int-3,',
        'form resume,,90000,,,,,,,int-3,',
        'end screen,,90000,91000,,,,,,int-3,',
        'change reason,,91000,,,,,,,int-3,typed wrong',
        'form finalize,,91000,,,,,,,int-3,',
        '',
      ].join('\n'),
    )
  })
})

describe('the clock', () => {
  it('never goes back, also after a resume', () => {
    let now = 5000
    const first = new Recorder(PLAIN, 'int-3', () => now)
    first.begin([])
    now = 3000
    first.endScreen()
    const kept = first.take() ?? ''
    const again = new Recorder(PLAIN, 'int-3', () => now)
    again.begin([kept])
    const times = (JSON.parse(kept) as Entry[]).concat(JSON.parse(again.take() ?? '') as Entry[]).map(({ at }) => at)
    expect(times).toEqual([5000, 5000, 5000])
  })
})

describe('places', () => {
  it('are told at most once in the interval, and a refusal is told', () => {
    let found: PositionCallback = () => undefined
    let failed: PositionErrorCallback | null | undefined = null
    const told: unknown[] = []
    const stop = followPlace(
      { watchPosition: (ok, no) => ((found = ok), (failed = no), 7), clearWatch: (id) => told.push(`stop ${id}`) },
      { isPrecise: false, everySeconds: 10, maxAgeSeconds: 60 },
      ({ latitude }) => told.push(latitude),
      (event) => told.push(event),
    )
    const at = (timestamp: number): void =>
      found({ coords: { latitude: timestamp, longitude: 1, accuracy: 5 }, timestamp } as GeolocationPosition)
    for (const time of [0, 5000, 10_000]) at(time)
    const failing = failed as PositionErrorCallback | null
    failing?.({ code: 1 } as GeolocationPositionError)
    stop()
    expect(told).toEqual(['location tracking enabled', 0, 10_000, 'location permissions not granted', 'stop 7'])
  })
})

describe('an interview whose form asks for an audit', () => {
  const FORM = { ...HOUSEHOLD, definition: asked({ 'track-changes': true }) }
  let memory: MemoryTablet
  let session: Session

  beforeEach(async () => {
    memory = memoryTablet(FORM)
    session = await openSession(memory.tablet, engine(), { form: FORM }, 'de')
  })

  const type = (text: string): void => session.setText(question(session.form, '/data/household/head'), text)
  const agree = (): void => session.setSelected(question(session.form, '/data/consent/agree'), ['yes'])
  const csv = async (): Promise<string[]> => ((await memory.files.get('audit.csv')?.text()) ?? '').trim().split('\n')

  it('keeps its events with the answers, over a kill, and hands them over as a file', async () => {
    session.shown({ group: '/data/consent', questions: [] })
    agree()
    await session.settled()
    type('Ana')
    await session.settled()
    // Killed: nothing more is written. The next run goes on with the same draft.
    session = await openSession(memory.tablet, engine(), { draft: 'd1' }, 'de')
    session.shown({ group: '/data/household', questions: [question(session.form, '/data/household/head')] })
    type('Anna')
    const { instance } = await session.finish()
    expect(instance).toMatch(/<(?:\w+:)?audit[^>]*>audit\.csv<\//u)
    expect(memory.log.at(-1)).toBe('finish d1 de audit.csv')
    const rows = await csv()
    expect(rows[0]).toBe('event,node,start,end,old-value,new-value')
    expect(rows.slice(1).map((row) => row.replace(/,\d+,\d*,/u, ' '))).toEqual([
      'form start, ,',
      'group questions,/data/consent ,',
      'question,/data/consent/agree ,yes',
      'question,/data/household/head ,Ana',
      'form resume, ,',
      'group questions,/data/household ,',
      'question,/data/household/head Ana,Anna',
      'form save, ,',
      'form finalize, ,',
      'form exit, ,',
    ])
  })

  it('loses no event when a write fails', async () => {
    agree()
    await session.settled()
    session.shown({ group: '/data/household', questions: [] })
    memory.failing = 'storage.full'
    type('Ana')
    await session.settled()
    memory.failing = null
    await session.finish()
    expect((await csv()).filter((row) => row.includes('household/head'))).toHaveLength(1)
  })

  it('of a form that does not ask notes nothing', async () => {
    const plain = memoryTablet()
    session = await openSession(plain.tablet, engine(), { form: HOUSEHOLD }, 'de')
    agree()
    await session.finish()
    expect([...plain.journals.keys(), ...plain.files.keys()]).toEqual([])
  })
})

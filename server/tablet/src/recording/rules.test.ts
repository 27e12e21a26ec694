import { expect, test } from 'vitest'

import { clock, sidecar, sidecarName } from './log'
import { bitsPerSecond, bytesFor, extensionOf, qualityOf, recordedType, RESERVE, secondsThatFit } from './quality'

test('a recording needs more than its sound, and the more the better it sounds', () => {
  for (const quality of ['voice-only', 'low', 'normal'] as const) {
    expect(bytesFor(quality, 7200)).toBeGreaterThan((bitsPerSecond(quality) / 8) * 7200 + RESERVE)
  }
  expect(bytesFor('normal', 0)).toBe(RESERVE)
  expect([secondsThatFit('normal', bytesFor('normal', 7200)), secondsThatFit('normal', 0)]).toEqual([7200, 0])
  expect(bytesFor('voice-only', 7200)).toBeLessThan(bytesFor('low', 7200))
})

test('a quality that no form may name is normal', () => {
  expect([null, undefined, '', 'constructor', 'low'].map(qualityOf)).toEqual(['normal', 'normal', 'normal', 'normal', 'low'])
})

test('the first type that the browser records is taken', () => {
  expect(recordedType(() => true)).toBe('audio/webm;codecs=opus')
  expect(recordedType((type) => type.startsWith('audio/mp4'))).toBe('audio/mp4;codecs=mp4a.40.2')
  expect(recordedType(() => false)).toBeNull()
  expect([extensionOf('audio/webm;codecs=opus'), extensionOf('audio/mp4')]).toEqual(['.webm', '.m4a'])
})

test('the sidecar tells places, phases, notes and gaps, with marks that CSV needs', () => {
  const at = '2026-01-01T10:00:00.000Z'
  const log = [
    { kind: 'phase', seconds: 7.25, at, name: 'mark_main', text: 'Haupterzählung' },
    { kind: 'note', seconds: 70, at, text: 'fragen: "Warum?", dann\nweiter' },
    { kind: 'gap', seconds: 80, at, lasting: 12.5 },
  ] as const
  expect(sidecar([{ file: 'a.webm', seconds: 90.123, log }])).toBe(
    'file,seconds,time,event,name,text,lasting\r\n' +
      `a.webm,7.25,${at},phase,mark_main,Haupterzählung,\r\n` +
      `a.webm,70.00,${at},note,,"fragen: ""Warum?"", dann\nweiter",\r\n` +
      `a.webm,80.00,${at},gap,,,12.50\r\n` +
      'a.webm,90.12,,length,,,\r\n',
  )
  expect(sidecarName('recording-1a2b.webm')).toBe('recording-1a2b-marks.csv')
})

test('a time is read as on a clock', () => {
  expect([0, 59.9, 754, 3723].map(clock)).toEqual(['0:00', '0:59', '12:34', '1:02:03'])
})

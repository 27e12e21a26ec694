import { afterEach, beforeEach, expect, test, vi } from 'vitest'

import { Bodies } from '../store/bodies'
import { asStored, everythingStored } from '../store/testing/stored'
import { TestCentral } from '../sync/testing/central'
import { browser, content, freshDatabase, instanceXml, PIN, type TestTablet } from '../sync/testing/tablet'
import { openTablet } from '../tablet'
import { bytesFor } from './quality'
import type { RecordingService, RecordingWish } from './service'
import { MemoryFiles } from './testing/files'
import { FakeSound } from './testing/microphone'

const ANSWER = 'talk-1a2b3c4d.webm'
let own: TestTablet
let files: MemoryFiles
let sound: FakeSound
let recorder: RecordingService
let wish: RecordingWish

beforeEach(async () => {
  files = new MemoryFiles()
  sound = new FakeSound()
  const central = await TestCentral.create()
  await central.publish('household', '{"v":1}')
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, central.fetch, { recordings: files, sound }))
  await tablet.enrol(central.link(), PIN)
  const [form] = await tablet.forms.current()
  if (form === undefined || tablet.recorder === null) throw new Error('the tablet cannot record')
  own = { tablet, database, central, form }
  recorder = tablet.recorder
  const draft = await tablet.drafts.create(form, content('answer'))
  wish = { draft, answer: ANSWER, quality: 'normal', seconds: 7200, phases: [] }
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
})

afterEach(() => vi.useRealTimers())

/** So many seconds are spoken, and time goes on with them. */
async function speak(seconds: number): Promise<void> {
  for (let second = 0; second < seconds; second += 1) {
    const before = recorder.current()?.seconds ?? 0
    sound.recorders.at(-1)?.second()
    await vi.waitFor(() => expect(recorder.current()?.seconds ?? Infinity).toBeGreaterThan(before), { interval: 2 })
    vi.advanceTimersByTime(1000)
  }
}

const kinds = (log: readonly { readonly kind: string }[]): string[] => log.map(({ kind }) => kind)

test('what is said, paused, marked and noted is there when it has been ended, and nothing of it in clear', async () => {
  await recorder.start(wish)
  await speak(3)
  recorder.note('note', { text: 'geheime Notiz', seconds: 1.5 })
  recorder.pause()
  expect(recorder.current()).toMatchObject({ state: 'paused', draft: wish.draft, answer: ANSWER })
  recorder.resume()
  recorder.note('phase', { name: 'mark_main', text: 'Erzählung' })
  recorder.note('phase', { name: 'mark_end', text: 'zu früh' })
  const early = recorder.current()?.log.at(-1)
  if (early !== undefined) recorder.takeBack(early)
  await speak(2)
  await recorder.stop()
  expect(recorder.current()).toBeNull()
  expect(recorder.ended()).toBeNull()
  const [part] = await recorder.parts(wish.draft, ANSWER)
  expect(part?.seconds).toBeCloseTo(5, 0)
  expect(kinds(part?.log ?? [])).toEqual(['start', 'note', 'pause', 'resume', 'phase', 'end'])
  expect(part?.log[1]).toMatchObject({ seconds: 1.5, text: 'geheime Notiz' })
  expect(part?.log.at(-1)).toMatchObject({ text: 'stopped' })
  expect(await everythingStored(own.database)).not.toContain(asStored('geheime Notiz'))
  expect(sound.recorders[0]?.options).toMatchObject({ audioBitsPerSecond: 64_000 })
})

test('a microphone that is taken away is got back by itself, also behind the lock, and the gap is told', async () => {
  await recorder.start(wish)
  await speak(2)
  sound.refusing = 'microphone.busy'
  own.tablet.lock()
  sound.tracks[0]?.dispatchEvent(new Event('ended'))
  await vi.waitFor(() => expect(recorder.current()?.state).toBe('lost'))
  vi.advanceTimersByTime(30_000)
  expect(own.tablet.isHeld()).toBe(true)
  sound.refusing = null
  await vi.waitFor(() => {
    sound.seen()
    expect(recorder.current()?.state).toBe('running')
  })
  await speak(2)
  await recorder.stop()
  expect(own.tablet.isHeld()).toBe(false)
  await own.tablet.unlock(PIN)
  const parts = await recorder.parts(wish.draft, ANSWER)
  expect(parts.map(({ name }) => name)).toEqual([ANSWER, 'talk-1a2b3c4d-2.webm'])
  expect(parts[0]?.log.at(-1)).toMatchObject({ kind: 'end', text: 'lost' })
  expect(parts[1]?.log[1]).toMatchObject({ kind: 'gap', seconds: 0 })
  expect(parts[1]?.log[1]?.lasting).toBeGreaterThanOrEqual(30)
})

test('what a call or a sleeping tablet cost is told with its place', async () => {
  await recorder.start(wish)
  await speak(2)
  sound.tracks[0]?.dispatchEvent(new Event('mute'))
  expect(recorder.current()?.isMuted).toBe(true)
  await speak(4)
  sound.tracks[0]?.dispatchEvent(new Event('unmute'))
  vi.setSystemTime(Date.now() + 60_000)
  await speak(3)
  await recorder.stop()
  const [part] = await recorder.parts(wish.draft, ANSWER)
  const gaps = (part?.log ?? []).filter(({ kind }) => kind === 'gap')
  expect(gaps.map(({ lasting }) => Math.round(lasting ?? 0))).toEqual([4, 60])
})

test('silence is told, and a pause is none', async () => {
  await recorder.start(wish)
  sound.peak = 0
  await speak(12)
  expect(recorder.current()?.isHeard).toBe(false)
  sound.peak = 0.1
  await speak(1)
  expect(recorder.current()?.isHeard).toBe(true)
})

test('what will not fit is not begun, and what no longer fits ends with what there is', async () => {
  files.room = bytesFor('normal', 7199)
  await expect(recorder.start(wish)).rejects.toMatchObject({ code: 'recording.room', params: { minutes: 60 } })
  expect([recorder.current(), sound.tracks.length, await own.database.recordings.count()]).toEqual([null, 0, 0])
  expect(await recorder.room('normal')).toBe(3600)
  await recorder.start({ ...wish, seconds: 3600 })
  await speak(5)
  expect(recorder.current()?.room).toBeNull()
  files.room = bytesFor('normal', 400)
  await speak(5)
  await vi.waitFor(() => expect(recorder.current()?.room).toBe(300))
  files.room = bytesFor('normal', 59)
  await speak(5)
  await vi.waitFor(() => expect(recorder.current()).toBeNull())
  expect(recorder.ended()).toBe('full')
  recorder.endSeen()
  expect(recorder.ended()).toBeNull()
  const [part] = await recorder.parts(wish.draft, ANSWER)
  expect(part?.seconds).toBeGreaterThan(10)
  expect(part?.log.at(-1)).toMatchObject({ kind: 'end', text: 'full' })
})

test('a disk that is full without a warning ends it with the slices that were whole', async () => {
  await recorder.start(wish)
  await speak(3)
  const [handle] = files.handles.values()
  if (handle !== undefined) handle.room = handle.bytes.length + 100
  sound.recorders[0]?.second()
  await vi.waitFor(() => expect(recorder.current()).toBeNull())
  expect(recorder.ended()).toBe('full')
  if (handle !== undefined) handle.room = Infinity
  const [part] = await recorder.parts(wish.draft, ANSWER)
  expect(part?.seconds).toBeCloseTo(3, 0)
})

test('one that a kill ended is found, told once, and gone on with as a further part', async () => {
  await recorder.start(wish)
  await speak(4)
  recorder.note('note', { text: 'vor dem Ende' })
  await vi.waitFor(async () => expect((await own.database.recordings.toArray())[0]?.log).not.toBeNull())
  // Nothing of the page that recorded is left; another is opened on what is on the disk.
  const again = await openTablet(browser(own.database, own.central.fetch, { recordings: files, sound }))
  await again.unlock(PIN)
  const found = again.recorder
  if (found === null) throw new Error('the tablet cannot record')
  expect(await found.interrupted()).toMatchObject([{ draft: wish.draft, answer: ANSWER }])
  const [part] = await found.parts(wish.draft, ANSWER)
  expect(part?.seconds).toBeCloseTo(4, 0)
  expect(kinds(part?.log ?? [])).toEqual(['start', 'note', 'end'])
  expect(part?.log.at(-1)).toMatchObject({ text: 'killed' })
  expect(await found.interrupted()).toEqual([])
  await found.start({ ...wish, seconds: 0 })
  expect(found.current()?.before).toBeCloseTo(4, 0)
  await found.stop()
})

test('finishing ends a recording that still runs, and takes it along', async () => {
  await recorder.start(wish)
  await speak(2)
  await own.tablet.finisher.finish(wish.draft, instanceXml('uuid:1', 'a'), 'de', [ANSWER])
  expect(recorder.current()).toBeNull()
  const items = await own.database.items.orderBy('number').toArray()
  expect(items.map(({ part }) => part)).toEqual(['record', 'a1', 'a2'])
  const size = items[1]?.size ?? 0
  expect((await new Bodies(own.database, files).read(items[1]?.body ?? '', 0, size)).length).toBe(size)
})

test('a draft that goes takes its running recording with it; a second recording is refused while one runs', async () => {
  await recorder.start(wish)
  await expect(recorder.start({ ...wish, answer: 'other-1a2b3c4d.webm' })).rejects.toMatchObject({ code: 'recording.running' })
  await expect(recorder.parts(wish.draft, ANSWER)).rejects.toMatchObject({ code: 'recording.running' })
  await own.tablet.drafts.discard(wish.draft)
  expect(recorder.current()).toBeNull()
  expect(await files.list()).toEqual([])
})

test.each(['microphone.denied', 'microphone.absent'])('%s leaves nothing behind', async (code) => {
  sound.refusing = code
  await expect(recorder.start(wish)).rejects.toMatchObject({ code })
  expect([await own.database.recordings.count(), own.tablet.isHeld()]).toEqual([0, false])
})

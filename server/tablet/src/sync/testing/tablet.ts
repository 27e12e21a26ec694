/** A tablet in a test: a database of its own in memory, and a network that the test scripts. */
import type { DraftContent, FormVersion, Tablet } from '../../services'
import { randomId } from '../../store/bytes'
import { Database } from '../../store/database'
import { openTablet, type Browser } from '../../tablet'
import type { Fetch } from '../http'
import { TestCentral } from './central'

export const PIN = '258046'
/** A PIN is hashed so often in tests, where nothing is at stake. */
const FEW = 1000

export interface TestTablet {
  readonly tablet: Tablet
  readonly database: Database
  readonly central: TestCentral
  readonly form: FormVersion
}

/** A database that shares its bytes with no other. */
export function freshDatabase(): Database {
  return new Database(`test-${randomId()}`)
}

export function browser(database: Database, fetch: Fetch, change: Partial<Browser> = {}): Browser {
  return {
    database,
    fetch,
    locks: navigator.locks,
    storage: {
      estimate: () => Promise.resolve({ usage: 10, quota: 1000 }),
      persisted: () => Promise.resolve(true),
      persist: () => Promise.resolve(true),
    },
    network: { addEventListener: () => undefined, removeEventListener: () => undefined },
    channel: null,
    openTab: { opened: () => undefined, closed: () => undefined },
    address: 'https://central.example/tablet/',
    version: '0.1.0',
    pinIterations: FEW,
    ...change,
  }
}

/** An enrolled, open tablet with one published form. */
export async function enrolled(change: Partial<Browser> = {}): Promise<TestTablet> {
  const central = await TestCentral.create()
  await central.publish('household', '{"v":1}')
  const database = freshDatabase()
  const tablet = await openTablet(browser(database, central.fetch, change))
  await tablet.enrol(central.link(), PIN)
  const [form] = await tablet.forms.current()
  if (form === undefined) throw new Error('the form did not arrive')
  return { tablet, database, central, form }
}

export function content(answer: string): DraftContent {
  return {
    instanceXml: `<data><name>${answer}</name></data>`,
    hidden: { '/data/income': `${answer} hidden` },
    language: 'de',
    position: '/data/name',
    progress: { answered: 1, asked: 30 },
  }
}

export function instanceXml(instance: string, answer: string): string {
  return `<data><name>${answer}</name><meta><instanceID>${instance}</instanceID></meta></data>`
}

/** Fills in and finishes one interview, with a photo if bytes are given. */
export async function interview(test: TestTablet, answer: string, photo?: Blob): Promise<string> {
  const draft = await test.tablet.drafts.create(test.form, content(answer))
  if (photo !== undefined) await test.tablet.drafts.putAttachment(draft, 'photo.jpg', photo)
  const instance = `uuid:${crypto.randomUUID()}`
  await test.tablet.finisher.finish(draft, instanceXml(instance, answer), 'de', photo === undefined ? [] : ['photo.jpg'])
  return instance
}

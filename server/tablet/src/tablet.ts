import type { Cases } from './cases/cases'
import { identityOf, policyOf } from './enrolment/identity'
import { carriesLink } from './enrolment/mark'
import { TabletError, type CaseStore, type EnrolmentLink, type Finisher, type Handover, type Identity, type Interviewer, type Passkeys, type Policy, type ReturnStore, type StorageReport, type Tablet } from './services'
import type { AnsweredPasskey, Authenticator, PasskeyMaker } from './passkey/authenticator'
import { compareVersions } from './pwa/version'
import type { OpenTab } from './pwa/update'
import type { RecordingFiles } from './recording/files'
import { Recorder } from './recording/recorder'
import { Recordings } from './recording/recordings'
import type { Sound } from './recording/sound'
import type { Returns } from './returned/returns'
import { Bodies } from './store/bodies'
import { Changes } from './store/changes'
import { Checkpoints } from './store/checkpoints'
import type { Database } from './store/database'
import { Drafts } from './store/drafts'
import { Forms } from './store/forms'
import { Gate } from './store/gate'
import { Outbox } from './store/outbox'
import { checkSecret } from './store/policy'
import { whenQuiet } from './store/staging'
import { Remembered } from './store/remembered'
import { Training } from './store/training'
import { Backoff } from './sync/backoff'
import { Http, type Fetch } from './sync/http'
import type { Connection } from './sync/link'
import type { Place } from './sync/places'
import { Syncer, type NetworkEvents } from './sync/syncer'

/** What the tablet needs of the browser. */
export interface Browser {
  readonly database: Database
  readonly fetch: Fetch
  readonly locks: LockManager
  readonly storage: Pick<StorageManager, 'estimate' | 'persisted' | 'persist'>
  readonly network: NetworkEvents
  /** What the browser knows of the line, where it says. */
  readonly connection?: Connection | undefined
  readonly channel: BroadcastChannel | null
  readonly openTab: Pick<OpenTab, 'opened' | 'closed'>
  /** Where recordings lie; left out where the platform has no such place. */
  readonly recordings?: RecordingFiles
  /** The microphone and what records it; null where the platform has none. */
  readonly sound?: Sound | null
  /** What asks for a finger, a face or the screen lock; left out where the platform has none. */
  readonly authenticator?: Authenticator
  /** The address the page was opened with, with an enrolment that has since been taken out of the address bar. */
  readonly address: string
  readonly version: string
  /** How often a PIN is hashed; left out, as often as it must be. */
  readonly pinIterations?: number
}

/** The tablet as a whole: puts the rooms together. */
class ComposedTablet implements Tablet {
  private readonly changes: Changes
  private readonly gate: Gate
  private readonly http: Http
  private readonly training: Training
  /** Asked for whenever an interview is opened. */
  private readonly known: Remembered<Identity>
  private readonly practice: Remembered<boolean>
  readonly forms: Forms
  private readonly copies: Checkpoints
  readonly drafts: Drafts
  readonly recordings: Recordings | null
  readonly recorder: Recorder | null
  readonly finisher: Finisher
  readonly outbox: Outbox
  readonly sync: Syncer
  readonly handover: Handover
  readonly cases: CaseStore
  readonly passkeys: Passkeys
  private maker: PasskeyMaker | null = null
  readonly returns: ReturnStore
  /** What it opened lies in memory: gone with the lock. */
  private opening: Promise<Returns> | null = null
  private address: string | null
  /** Opened cases are forgotten with the lock. */
  private ownCases: Promise<Cases> | null = null

  constructor(private readonly browser: Browser) {
    const { database, locks, fetch, authenticator = null } = browser
    const bodies = new Bodies(database, browser.recordings)
    this.address = browser.address
    this.changes = new Changes(browser.channel)
    this.gate = new Gate(database, undefined, authenticator)
    this.http = new Http(fetch)
    this.training = new Training(database, this.gate)
    this.known = new Remembered(() => identityOf(database, this.gate.current))
    this.practice = new Remembered(() => this.training.isOn())
    this.changes.subscribe(() => {
      this.known.forget()
      this.practice.forget()
    })
    this.forms = new Forms(database)
    this.recordings = browser.recordings === undefined ? null : new Recordings(database, this.gate, browser.recordings)
    this.recorder = this.recorderOf(this.recordings)
    this.copies = new Checkpoints(async (draft, content, revision) => {
      const [{ Copier }, { Chain }] = await Promise.all([import('./store/copier'), import('./store/chain')])
      await new Copier(database, bodies, new Chain(database, bodies, locks), locks).copy(draft, content, revision)
      this.finished()
    })
    this.drafts = new Drafts(database, this.gate, this.forms, this.changes, locks, undefined, this.recordings, this.copies)
    this.outbox = new Outbox(database, this.forms, () => this.gate.current)
    const estimate = async () => this.room()
    const means = {
      database,
      bodies,
      recordings: browser.recordings ?? null,
      locks,
      http: this.http,
      sign: async (place: Place, challenge: string) => {
        const { helloWriter } = await import('./sync/hello')
        return helloWriter(database, this.outbox, estimate, browser.version)(place, challenge)
      },
      backoff: new Backoff(),
      now: () => new Date(),
    }
    this.sync = new Syncer(means, this.changes, locks, browser.network, browser.connection)
    const handover = async (): Promise<Handover> => {
      const [{ Handover: Room }, { Items }] = await Promise.all([import('./handover/handover'), import('./store/items')])
      return new Room(database, new Items(database), bodies, this.forms, this.changes, () => this.sync.nudge(), locks)
    }
    this.handover = {
      waiting: async () => (await handover()).waiting(),
      retry: async (id) => (await handover()).retry(id),
      setAside: async (id) => (await handover()).setAside(id),
      plan: async () => (await handover()).plan(),
      write: async (target, told) => (await handover()).write(target, told),
    }
    this.cases = {
      isThere: async () => (await database.feed.where('kind').equals('cases').count()) > 0,
      look: async () => {
        this.ownCases ??= import('./cases/room').then(({ Cases }) => new Cases(database, this.gate, this.forms))
        return (await this.ownCases).look()
      },
    }
    this.passkeys = {
      isThere: async () => (await authenticator?.isThere()) ?? false,
      add: async (pin, interviewer) => {
        const whose = await this.whose(interviewer)
        const { checkRecoverable } = await import('./store/recoverable')
        await checkRecoverable(database, whose)
        return this.relock(pin, await this.passkeyFor(whose), whose)
      },
      remove: (pin, interviewer) => this.relock(pin, null, interviewer),
    }
    this.returns = {
      count: () => database.feed.where('kind').equals('return').count(),
      room: () =>
        (this.opening ??= import('./returned/returns').then(
          ({ Returns }) => new Returns(database, this.gate, this.forms, this.drafts, this.changes, locks, () => this.sync.nudge()),
        )),
    }
    this.finisher = {
      finish: async (...given) => {
        const [{ Finisher }, { Chain }] = await Promise.all([import('./store/finish'), import('./store/chain')])
        const chain = new Chain(database, bodies, locks)
        return new Finisher(database, this.drafts, bodies, chain, this.forms, () => this.finished(), locks).finish(...given)
      },
    }
    browser.channel?.addEventListener('message', () => void this.sync.recall().then(() => this.changes.tellHere()))
  }

  /** Takes up what an earlier run left. Raises `app.older` when a newer build has used this database. */
  async start(): Promise<void> {
    const { database, locks, version } = this.browser
    const before = await database.get('version')
    if (before !== undefined && compareVersions(version, before) < 0) throw new TabletError('app.older', { version: before })
    if (before !== version) await database.put('version', version)
    await whenQuiet(locks, async () => {
      await this.drafts.files.sweep()
      await new Bodies(database).sweep()
      await this.recordings?.sweep()
    })
    await this.sync.recall()
  }

  state(): Promise<'new' | 'locked' | 'open'> {
    return this.gate.state()
  }

  async readLink(address: string): Promise<EnrolmentLink | null> {
    const isOpened = this.address?.split('#')[0] === address.split('#')[0]
    const carrying = [address, isOpened ? this.address : null].find((each) => each !== null && carriesLink(each))
    if (!carrying) return null
    const { readLink } = await import('./enrolment/link')
    return readLink(carrying)
  }

  async enrol(link: EnrolmentLink, pin: string, withPasskey = false): Promise<void> {
    const passkey = withPasskey ? await this.passkeyFor(link.interviewer) : null
    const { enrol } = await import('./enrolment/enrol')
    await enrol(this.browser.database, this.gate, this.http, link, pin, this.browser.pinIterations, passkey)
    this.maker?.used(link.interviewer)
    await this.noteKeyless(link.interviewer)
    this.address = null
    this.opened()
    // What it brings is needed for the first interview; if it fails now, a later round gets it.
    await this.sync.round()
  }

  interviewers(): Promise<readonly Interviewer[]> {
    return this.gate.interviewers()
  }

  async unlock(pin: string, interviewer?: string): Promise<void> {
    await this.gate.unlock(pin, interviewer)
    this.opened()
  }

  async recover(code: string, pin: string, interviewer?: string, withPasskey = false): Promise<void> {
    const policy = await this.policy()
    checkSecret(pin, policy)
    const { protection } = policy
    const passkey = withPasskey ? await this.passkeyFor(interviewer) : null
    await this.gate.recover(code, pin, { interviewer, protection, iterations: this.browser.pinIterations, passkey })
    this.maker?.used(this.gate.interviewer())
    this.opened()
  }

  waiting(interviewer: string): Promise<number> {
    return this.gate.waiting(interviewer)
  }

  policy(): Promise<Policy> {
    return policyOf(this.browser.database)
  }

  lock(): void {
    void this.copies.flush()
    this.opening = null
    this.ownCases = null
    this.gate.lock()
    this.browser.openTab.closed()
    this.changes.tellHere()
  }

  isHeld(): boolean {
    return this.gate.isHeld
  }

  mustClose(): Promise<boolean> {
    return this.gate.mustClose()
  }

  identity(): Promise<Identity> {
    return this.known.get()
  }

  isTraining(): Promise<boolean> {
    return this.practice.get()
  }

  async setTraining(on: boolean): Promise<void> {
    await this.training.turn(on)
    this.changes.tell()
  }

  async storage(): Promise<StorageReport> {
    const { used, quota } = await this.room()
    return { persisted: await this.browser.storage.persisted(), used: used ?? 0, quota: quota ?? 0 }
  }

  async requestPersistence(): Promise<boolean> {
    const granted = await this.browser.storage.persist()
    this.changes.tellHere()
    return granted
  }

  subscribe(listener: () => void): () => void {
    return this.changes.subscribe(listener)
  }

  private async passkeyFor(interviewer?: string): Promise<AnsweredPasskey> {
    const { authenticator = null } = this.browser
    if (authenticator === null) throw new TabletError('passkey.not_made')
    const whose = await this.whose(interviewer)
    const { PasskeyMaker } = await import('./passkey/authenticator')
    this.maker ??= new PasskeyMaker(authenticator)
    try {
      return await this.maker.make(whose)
    } catch (error) {
      await this.noteKeyless(whose)
      throw error
    }
  }

  private async noteKeyless(interviewer: string): Promise<void> {
    if (this.maker?.isKeyless === true) await this.browser.database.interviewers.update(interviewer, { isKeyless: true })
  }

  private async whose(interviewer?: string): Promise<string> {
    const whose = interviewer ?? this.gate.current ?? (await this.gate.interviewers())[0]?.id
    if (whose === undefined) throw new TabletError('tablet.new')
    return whose
  }

  private async relock(pin: string, passkey: AnsweredPasskey | null, interviewer = this.gate.current ?? undefined): Promise<void> {
    await this.gate.relock(pin, passkey, interviewer)
    this.maker?.used(this.gate.interviewer())
    this.opened()
  }

  private recorderOf(recordings: Recordings | null): Recorder | null {
    const { sound } = this.browser
    if (recordings === null || sound === undefined || sound === null) return null
    return new Recorder({ recordings, gate: this.gate, sound, now: () => Date.now() })
  }

  private finished(): void {
    void this.recordings?.sweep()
    this.changes.tell()
    this.sync.nudge()
  }

  private opened(): void {
    this.browser.openTab.opened()
    this.changes.tellHere()
  }

  private async room(): Promise<{ readonly used: number | null; readonly quota: number | null }> {
    const { usage, quota } = await this.browser.storage.estimate()
    return { used: usage ?? null, quota: quota ?? null }
  }
}

/** Puts the tablet together and takes up what an earlier run left. Raises `app.older`. */
export async function openTablet(browser: Browser): Promise<Tablet> {
  const tablet = new ComposedTablet(browser)
  await tablet.start()
  return tablet
}

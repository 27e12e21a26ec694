import type { AnsweredPasskey, Authenticator } from '../passkey/authenticator'
import { TabletError, type Interviewer } from '../services'
import { AttemptCounter, type Clocks } from './attempts'
import type { Bytes } from './bytes'
import type { Database, InterviewerRow } from './database'
import { unwrapKeys, type OpenKeys } from './keys'

/** Keys that somebody goes on using while the tablet is locked: a recording that runs. */
export interface Hold {
  readonly interviewer: string
  readonly keys: OpenKeys
  /** Must be called when the work is done. */
  readonly release: () => void
}

interface Opened {
  readonly interviewer: string
  readonly keys: OpenKeys
}

/** The gate before each interviewer's keys: opens them by the PIN, and a passkey where one was added, and forgets them again. */
export class Gate {
  private opened: Opened | null = null
  private readonly holds = new Set<Hold>()
  private readonly attempts: AttemptCounter

  constructor(
    private readonly database: Database,
    clocks: Clocks = { wall: () => Date.now(), running: () => performance.now() },
    private readonly authenticator: Pick<Authenticator, 'ask'> | null = null,
  ) {
    this.attempts = new AttemptCounter(database, clocks)
  }

  async state(): Promise<'new' | 'locked' | 'open'> {
    if (this.opened !== null) return 'open'
    return (await this.database.get('enrolled')) === undefined ? 'new' : 'locked'
  }

  /** The keys in use. Raises `tablet.locked`. */
  open(): OpenKeys {
    return this.now().keys
  }

  /** Pseudonym of the interviewer whose keys are in use. Raises `tablet.locked`. */
  interviewer(): string {
    return this.now().interviewer
  }

  /** Whose keys are in use, or null while locked. */
  get current(): string | null {
    return this.opened?.interviewer ?? null
  }

  /** Those who have a PIN here, in the order in which they came. */
  async interviewers(): Promise<readonly Interviewer[]> {
    const rows = await this.database.interviewers.orderBy('addedAt').toArray()
    const { recoverable } = await import('./recoverable')
    const whose = await recoverable(this.database)
    return rows.map(({ id, protection, keys, isAway = false, isKeyless = false }) => ({
      id,
      protection,
      recovery: keys.recovery?.number ?? null,
      canRecover: whose.has(id),
      hasPasskey: keys.passkey !== undefined,
      isAway,
      isKeyless,
    }))
  }

  /** Takes keys that enrolment has just made. */
  admit(interviewer: string, keys: OpenKeys): void {
    this.opened = { interviewer, keys }
  }

  /** Whether the tablet was revoked since whoever has it open began. */
  async mustClose(): Promise<boolean> {
    const row = this.opened === null ? undefined : await this.database.interviewers.get(this.opened.interviewer)
    return row?.isAway === true
  }

  /** Forgets the keys. What holds them goes on with them and sees nobody else's. */
  lock(): void {
    this.opened = null
  }

  /** Keeps the keys in use for a work that no lock may stop. Raises `tablet.locked`. */
  hold(): Hold {
    const { interviewer, keys } = this.now()
    const hold: Hold = { interviewer, keys, release: () => this.holds.delete(hold) }
    this.holds.add(hold)
    return hold
  }

  /** Whether a work goes on that no lock may stop. */
  get isHeld(): boolean {
    return this.holds.size > 0
  }

  /**
   * Raises `pin.wrong`, `pin.wait` with `seconds`, `passkey.refused`, `device.revoked`, `tablet.new`,
   * `interviewer.unknown`.
   */
  async unlock(pin: string, interviewer?: string): Promise<void> {
    const row = await this.row(interviewer)
    if (row.isAway === true) throw new TabletError('device.revoked')
    // Asked before the PIN is tried: the platform wants it soon after the touch, and a refusal is no wrong PIN.
    const answered = await this.answer(row)
    await this.attempts.count(row.id)
    this.opened = { interviewer: row.id, keys: await unwrapKeys(pin, row.keys, answered) }
    await this.attempts.forget(row.id)
  }

  /**
   * Opens, and locks the keys from now on by the PIN and `passkey`, or by the PIN alone where that is null. Raises as
   * `unlock`; also `passkey.unrecoverable`, and `passkey.not_made` where the lock was changed meanwhile.
   */
  async relock(pin: string, passkey: AnsweredPasskey | null, interviewer?: string): Promise<void> {
    const row = await this.row(interviewer)
    if (row.isAway === true) throw new TabletError('device.revoked')
    const { checkRecoverable, replaceKeys } = await import('./recoverable')
    if (passkey !== null) await checkRecoverable(this.database, row.id)
    const answered = await this.answer(row)
    await this.attempts.count(row.id)
    const { relockKeys } = await import('./locking')
    const made = await relockKeys(pin, row.keys, answered, passkey)
    await replaceKeys(this.database, row, { keys: made.wrapped, attempts: null, ...(passkey === null ? {} : { isKeyless: false }) })
    this.opened = { interviewer: row.id, keys: made.open }
  }

  /**
   * Sets a new PIN (or passphrase, by `protection`) by a code from the project office, and opens. Raises
   * `recovery.malformed`, `recovery.wrong`, `tablet.new`, `interviewer.unknown`; `device.revoked` where the tablet was
   * revoked only while this went on: the code is still worth something then.
   */
  async recover(code: string, pin: string, means: {
    readonly interviewer: string | undefined
    readonly protection: InterviewerRow['protection']
    readonly iterations: number | undefined
    readonly passkey?: AnsweredPasskey | null
  }): Promise<void> {
    const row = await this.row(means.interviewer)
    const [{ recoverKeys }, { replaceKeys }] = await Promise.all([import('./locking'), import('./recoverable')])
    const made = await recoverKeys(code, pin, row.keys, means.iterations, means.passkey)
    const change = { keys: made.wrapped, protection: means.protection, attempts: null, isAway: false }
    await replaceKeys(this.database, row, change)
    this.opened = { interviewer: row.id, keys: made.open }
  }

  /** Seconds that an interviewer still has to wait after wrong tries. */
  async waiting(interviewer: string): Promise<number> {
    return Math.ceil((await this.attempts.waiting(interviewer)) / 1000)
  }

  private async answer({ keys: { passkey } }: InterviewerRow): Promise<Bytes | null> {
    if (passkey === undefined) return null
    if (this.authenticator === null) throw new TabletError('passkey.refused')
    return this.authenticator.ask(passkey)
  }

  private now(): Opened {
    if (this.opened === null) throw new TabletError('tablet.locked')
    return this.opened
  }

  private async row(interviewer: string | undefined): Promise<InterviewerRow> {
    const row =
      interviewer === undefined
        ? await this.database.interviewers.orderBy('addedAt').first()
        : await this.database.interviewers.get(interviewer)
    if (row === undefined) throw new TabletError(interviewer === undefined ? 'tablet.new' : 'interviewer.unknown')
    return row
  }
}

import { TabletError } from '../services'
import type { Database } from './database'
import { unwrapKeys, type OpenKeys } from './keys'

/** Wrong tries that cost no wait. */
const FREE_TRIES = 4
const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 60 * 60 * 1000

/** The PIN's gate: opens the tablet's keys and forgets them again. */
export class Gate {
  private keys: OpenKeys | null = null

  constructor(
    private readonly database: Database,
    private readonly now: () => number = () => Date.now(),
  ) {}

  async state(): Promise<'new' | 'locked' | 'open'> {
    if (this.keys !== null) return 'open'
    return (await this.database.get('enrolled')) === undefined ? 'new' : 'locked'
  }

  /** The keys in use. Raises `tablet.locked`. */
  open(): OpenKeys {
    if (this.keys === null) throw new TabletError('tablet.locked')
    return this.keys
  }

  /** Takes keys that enrolment has just made. */
  admit(keys: OpenKeys): void {
    this.keys = keys
  }

  lock(): void {
    this.keys = null
  }

  /** Raises `pin.wrong`, `pin.wait` with `seconds`, `tablet.new`. */
  async unlock(pin: string): Promise<void> {
    const wrapped = await this.database.get('keys')
    if (wrapped === undefined) throw new TabletError('tablet.new')
    await this.countTry()
    this.keys = await unwrapKeys(pin, wrapped)
    await this.database.drop('attempts')
  }

  /** A try counts as wrong before it is made, so that closing the app in between wins nothing. */
  private async countTry(): Promise<void> {
    await this.database.transaction('rw', 'meta', async () => {
      const before = (await this.database.get('attempts')) ?? { wrong: 0, at: 0, wait: 0 }
      const now = this.now()
      // A clock that was set back must not lock the tablet for longer than the wait itself.
      const left = Math.min(before.at + before.wait - now, before.wait)
      if (left > 0) throw new TabletError('pin.wait', { seconds: Math.ceil(left / 1000) })
      const wrong = before.wrong + 1
      const wait = wrong <= FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES - 1), LONGEST_WAIT_MS)
      await this.database.put('attempts', { wrong, at: now, wait })
    })
  }
}

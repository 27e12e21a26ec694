import { TabletError } from '../services'
import type { Database } from './database'

/** Wrong tries of an interviewer, and what is left of the wait that they cost. */
export interface Attempts {
  readonly wrong: number
  /** Milliseconds that are still to be waited. */
  readonly left: number
  /** Time by the tablet's clock when `left` was written. */
  readonly at: number
}

/** Times of the tablet in milliseconds: by its clock, and since the app was started, which nobody can set. */
export interface Clocks {
  readonly wall: () => number
  readonly running: () => number
}

/** Wrong tries that cost no wait. */
const FREE_TRIES = 4
const FIRST_WAIT_MS = 15_000
const LONGEST_WAIT_MS = 60 * 60 * 1000

/**
 * Counts wrong tries of each interviewer. A wait goes by only while the app runs, and no faster than both clocks say:
 * setting the clock shortens nothing, closing the app shortens nothing, and many tabs wait no faster than one.
 */
export class AttemptCounter {
  private readonly since = new Map<string, number>()

  constructor(
    private readonly database: Database,
    private readonly clocks: Clocks,
  ) {}

  /** Milliseconds that this interviewer still has to wait; what has gone by is written down. */
  async waiting(interviewer: string): Promise<number> {
    return this.database.transaction('rw', this.database.interviewers, () => this.passed(interviewer))
  }

  /** A try counts as wrong before it is made, so that closing the app in between wins nothing. Raises `pin.wait`. */
  async count(interviewer: string): Promise<void> {
    const left = await this.database.transaction('rw', this.database.interviewers, async () => {
      const waiting = await this.passed(interviewer)
      if (waiting > 0) return waiting
      const wrong = ((await this.database.interviewers.get(interviewer))?.attempts?.wrong ?? 0) + 1
      const wait = wrong <= FREE_TRIES ? 0 : Math.min(FIRST_WAIT_MS * 2 ** (wrong - FREE_TRIES - 1), LONGEST_WAIT_MS)
      await this.write(interviewer, { wrong, left: wait, at: this.clocks.wall() })
      return 0
    })
    // Not inside, where it would undo what was written of the wait.
    if (left > 0) throw new TabletError('pin.wait', { seconds: Math.ceil(left / 1000) })
  }

  /** The right PIN was given. */
  async forget(interviewer: string): Promise<void> {
    await this.database.interviewers.update(interviewer, { attempts: null })
  }

  private async passed(interviewer: string): Promise<number> {
    const before = (await this.database.interviewers.get(interviewer))?.attempts ?? null
    const since = this.since.get(interviewer)
    if (before === null || before.left === 0) return 0
    const [running, wall] = [this.clocks.running(), this.clocks.wall()]
    const gone = since === undefined ? 0 : Math.max(0, Math.min(running - since, wall - before.at))
    const left = Math.max(0, before.left - gone)
    await this.write(interviewer, { wrong: before.wrong, left, at: wall })
    return left
  }

  private async write(interviewer: string, attempts: Attempts): Promise<void> {
    await this.database.interviewers.update(interviewer, { attempts })
    this.since.set(interviewer, this.clocks.running())
  }
}

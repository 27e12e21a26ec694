/** Finds stretches that passed without sound being written: a tablet that slept, a page that was frozen. */

/** Seconds by which sound may come late: it is encoded, sealed and written in slices of one. */
const TOLERANCE = 3

export interface Gap {
  /** Place in the sound. */
  readonly seconds: number
  readonly lasting: number
}

/**
 * Compares the clock with the sound, about once a second. A page that was busy gets its sound late but whole, so a gap
 * counts only when the sound goes on again and what is missing stays missing.
 */
export class GapWatch {
  #wall: number
  #sound: number
  #open: { readonly seconds: number; lag: number } | null = null

  constructor(wall: number, sound: number) {
    this.#wall = wall
    this.#sound = sound
  }

  /** Takes the clock and the length of the sound, in seconds; gives a gap once it is over. */
  look(wall: number, sound: number): Gap | null {
    const lag = wall - this.#wall - (sound - this.#sound)
    const open = this.#open
    if (lag < -TOLERANCE) this.restart(wall, sound)
    else if (lag <= TOLERANCE) this.#open = null
    else if (open === null) this.#open = { seconds: sound, lag }
    else if (sound > open.seconds && lag - open.lag < 0.5) return this.end(wall, sound)
    else this.#open = { seconds: open.seconds, lag }
    return null
  }

  /** The gap in which it is now, if it is in one; the watch then begins anew. */
  end(wall: number, sound: number): Gap | null {
    const open = this.#open
    const lasting = wall - this.#wall - (sound - this.#sound)
    this.restart(wall, sound)
    return open === null || lasting <= TOLERANCE ? null : { seconds: open.seconds, lasting }
  }

  /** After a pause both begin anew. */
  restart(wall: number, sound: number): void {
    this.#wall = wall
    this.#sound = sound
    this.#open = null
  }
}

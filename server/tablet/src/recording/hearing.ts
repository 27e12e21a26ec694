/** Whether anything is heard. */

/** Below this peak (full scale is 1) there is only the noise of the device: about -54 dB. */
const QUIET = 0.002
/** Seconds of nothing until it is said: long enough for a respondent who thinks. */
const PATIENCE = 10

export class Hearing {
  #quietSince: number | null = null

  /** Takes the peak at a moment, both in their own units; says whether something was heard of late. */
  heard(peak: number, seconds: number): boolean {
    if (peak >= QUIET) this.#quietSince = null
    else this.#quietSince ??= seconds
    return this.#quietSince === null || seconds - this.#quietSince < PATIENCE
  }

  /** A pause says nothing about the microphone. */
  restart(): void {
    this.#quietSince = null
  }
}

/** A peak as the share of a meter that is full: 0 at -60 dB, 1 at full scale. */
export function meterShare(peak: number): number {
  if (peak <= 0.001) return 0
  return Math.min(1, 1 + Math.log10(peak) / 3)
}

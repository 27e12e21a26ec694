/** Reads a container as its bytes pass by; what is passed over is never held. */
export abstract class PassingIndex {
  #waiting: Uint8Array = new Uint8Array(0)
  /** Offset in the file of the first byte that waits. */
  #at = 0
  #skip = 0

  /** Takes the next bytes of the file. Bytes that are no such container are passed over. */
  push(bytes: Uint8Array): void {
    const skipped = Math.min(this.#skip, bytes.length)
    this.#skip -= skipped
    this.#at += skipped
    if (skipped === bytes.length) return
    const fresh = bytes.subarray(skipped)
    const waiting = new Uint8Array(this.#waiting.length + fresh.length)
    waiting.set(this.#waiting)
    waiting.set(fresh, this.#waiting.length)
    let at = 0
    while (at < waiting.length) {
      const taken = this.take(waiting, at, this.#at + at)
      if (taken === 0) break
      at += taken
    }
    this.#at += Math.min(at, waiting.length)
    this.#skip = Math.max(0, at - waiting.length)
    this.#waiting = waiting.slice(at)
  }

  /**
   * Looks at what begins at `at` of `bytes`, which is at `offset` of the file. Gives how many bytes it used up, also
   * more than there are, for what is to be passed over; 0 when more must come first.
   */
  protected abstract take(bytes: Uint8Array, at: number, offset: number): number
}

/** A value that is read once, and again only after something has changed. */
export class Remembered<T> {
  private value: Promise<T> | null = null

  constructor(private readonly read: () => Promise<T>) {}

  /** Raises what reading raises; it is then read again the next time. */
  get(): Promise<T> {
    if (this.value !== null) return this.value
    const reading = this.read()
    this.value = reading
    reading.catch(() => {
      if (this.value === reading) this.value = null
    })
    return reading
  }

  forget(): void {
    this.value = null
  }
}

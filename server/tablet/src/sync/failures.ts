/** What a place answered that is not success: a status of HTTP and the code of its error catalogue, if it gave one. */
export class PlaceError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    /** Seconds the place asks to wait, or null. */
    readonly retryAfter: number | null,
  ) {
    super(`${status} ${code}`)
    this.name = 'PlaceError'
  }
}

/** The place could not be reached, or broke off. */
export class Unreachable extends Error {
  constructor() {
    super('network.unreachable')
    this.name = 'Unreachable'
  }
}

/** What a place answered is not what the protocol says. */
export class Malformed extends Error {
  constructor(readonly what: string) {
    super(what)
    this.name = 'Malformed'
  }
}

/** What an error says besides its code: a field, a limit. Never an answer or a secret. */
export type ErrorParams = Readonly<Record<string, string | number>>

/** An envelope, an item or a signed document is not as FORMAT.md says. The codes stand there. */
export class EnvelopeError extends Error {
  readonly code: string
  readonly params: ErrorParams

  constructor(code: string, params: ErrorParams = {}, options?: ErrorOptions) {
    super(code, options)
    this.name = 'EnvelopeError'
    this.code = code
    this.params = params
  }
}

import { isObject } from '../store/feed_bodies'
import { Malformed, PlaceError, Unreachable } from './failures'
import { readJson } from './words'

export type Fetch = (address: string, init: RequestInit) => Promise<Response>

export interface Call {
  readonly method?: 'GET' | 'HEAD' | 'POST' | 'PATCH'
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: BodyInit
  /** Milliseconds until the answer must have come whole. */
  readonly timeout: number
  /** Most bytes of the answer that are read. */
  readonly limit?: number
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly bytes: Uint8Array<ArrayBuffer>
}

const SMALL = 1024 * 1024

/** Calls places with limits on time and size, without cookies, and follows no redirection. */
export class Http {
  constructor(private readonly fetch: Fetch) {}

  /** Raises `PlaceError` for 4xx and 5xx, `Unreachable`, and `Malformed` for an answer that is too large. */
  async call(address: string, call: Call): Promise<Answer> {
    const stop = new AbortController()
    const timer = setTimeout(() => stop.abort(), call.timeout)
    try {
      const response = await this.fetch(address, {
        method: call.method ?? 'GET',
        headers: { ...call.headers },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal: stop.signal,
        credentials: 'omit',
        cache: 'no-store',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
      })
      const bytes = await readAtMost(response, call.limit ?? SMALL)
      if (!response.ok) throw placeError(response, bytes)
      return { status: response.status, headers: response.headers, bytes }
    } catch (error) {
      if (error instanceof PlaceError || error instanceof Malformed) throw error
      throw new Unreachable()
    } finally {
      clearTimeout(timer)
    }
  }

  /** Calls with JSON and reads a JSON object. */
  async json(address: string, call: Omit<Call, 'body'> & { readonly json?: unknown }): Promise<Record<string, unknown>> {
    const { json, ...rest } = call
    const headers = json === undefined ? rest.headers : { ...rest.headers, 'Content-Type': 'application/json' }
    const body = json === undefined ? {} : { body: JSON.stringify(json) }
    const answer = await this.call(address, { ...rest, ...(headers === undefined ? {} : { headers }), ...body })
    return readJson(answer.bytes)
  }
}

async function readAtMost(response: Response, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const reader = response.body?.getReader()
  while (reader !== undefined) {
    const { done, value } = await reader.read()
    if (done) break
    size += value.length
    if (size > limit) {
      await reader.cancel()
      throw new Malformed('size')
    }
    parts.push(value)
  }
  return new Uint8Array(await new Blob(parts).arrayBuffer())
}

function placeError(response: Response, bytes: Uint8Array<ArrayBuffer>): PlaceError {
  let code = `http.${response.status}`
  try {
    const error = readJson(bytes)['error']
    if (isObject(error) && typeof error['code'] === 'string' && /^[a-z0-9_.]{1,80}$/.test(error['code'])) code = error['code']
  } catch {
    // A proxy's page instead of our error: the status says enough.
  }
  const after = Number(response.headers.get('Retry-After') ?? NaN)
  return new PlaceError(response.status, code, Number.isFinite(after) && after >= 0 ? Math.min(after, 3600) : null)
}

import { isObject } from '../store/feed_bodies'
import { secondsAhead } from './clock'
import { Malformed, PlaceError } from './failures'
import type { Answer, Call, Http } from './http'
import type { Place } from './places'
import { readJson } from './words'

/** A node that does not answer the door within this time is passed over. */
const DOOR_MS = 4_000
const CALL_MS = 30_000

/** What a place takes at once. Each is kept within bounds of our own, since nobody vouches for a place. */
export interface Limits {
  readonly batchBytes: number
  readonly batchItems: number
  readonly offerItems: number
  readonly itemBytes: number
  readonly patchBytes: number
}

/** The answer to the first, unauthenticated hello. */
export interface Door {
  readonly challenge: string
  readonly limits: Limits
}

/** The answer to the signed hello. */
export interface Welcome {
  readonly standing: 'introduced' | 'unknown' | 'revoked'
  readonly epoch: string | null
  /** Central's signed mark, not yet checked. */
  readonly mark: unknown
  /** Seconds that the place asks to wait before the next round. */
  readonly pause: number
  readonly limits: Limits
}

/** Signs a hello for a place. */
export type SignHello = (place: Place, challenge: string) => Promise<unknown>

/** One carrier's session at one place. */
export class Session {
  private token = ''
  private known: Welcome | null = null
  private capabilities: readonly unknown[] = []
  /** By how many seconds our clock is ahead of the place's; null where it does not say. */
  secondsAhead: number | null = null

  constructor(
    readonly place: Place,
    private readonly http: Http,
    private readonly study: string,
    private readonly sign: SignHello,
  ) {}

  /** Knocks, says hello and keeps the session. Raises `PlaceError`, `Unreachable`, `Malformed`. */
  async open(): Promise<Welcome> {
    const door = await this.knock()
    const hello = await this.sign(this.place, door.challenge)
    const answer = await this.http.json(`${this.place.url}/sync/hello`, {
      method: 'POST',
      json: { hello, relayed: [] },
      timeout: CALL_MS,
    })
    const { session, standing, epoch, mark, pause } = answer
    if (typeof session !== 'string' || session.length > 4096) throw new Malformed('session')
    if (standing !== 'introduced' && standing !== 'unknown' && standing !== 'revoked') throw new Malformed('standing')
    if (epoch !== null && (typeof epoch !== 'string' || !/^[0-9a-f]{32}$/.test(epoch))) throw new Malformed('epoch')
    this.token = session
    const limits = readLimits(answer['limits'] ?? {}, door.limits)
    this.known = { standing, epoch, mark: mark ?? null, pause: bounded(pause, 0, 0, 3600), limits }
    return this.known
  }

  /** The answer to the last hello. */
  get welcome(): Welcome {
    if (this.known === null) throw new Malformed('session')
    return this.known
  }

  /** Whether the place has said that it knows a part of the protocol. */
  can(word: string): boolean {
    return this.capabilities.includes(word)
  }

  /** A call of the session; a session that has run out is opened anew, once. */
  async call(path: string, call: Partial<Call>): Promise<Answer> {
    return this.again((headers) =>
      this.http.call(this.place.url + path, { timeout: CALL_MS, ...call, headers: { ...call.headers, ...headers } }),
    )
  }

  /** A call of the session that is answered by a JSON object. */
  async json(path: string, call: Partial<Omit<Call, 'body'>> & { readonly json?: unknown }): Promise<Record<string, unknown>> {
    return this.again((headers) =>
      this.http.json(this.place.url + path, { timeout: CALL_MS, ...call, headers: { ...call.headers, ...headers } }),
    )
  }

  private async again<T>(work: (headers: Record<string, string>) => Promise<T>): Promise<T> {
    const headers = (): Record<string, string> => ({ Authorization: `Bearer ${this.token}` })
    try {
      return await work(headers())
    } catch (error) {
      if (!(error instanceof PlaceError) || error.status !== 401) throw error
      await this.open()
      return work(headers())
    }
  }

  private async knock(): Promise<Door> {
    const asked = Date.now()
    const heard = await this.http.call(`${this.place.url}/sync/hello`, { timeout: DOOR_MS })
    this.secondsAhead = secondsAhead(heard.headers.get('Date'), asked, Date.now())
    const answer = readJson(heard.bytes)
    // Something else may answer under an address of the local network.
    if (answer['id'] !== this.place.id || answer['study'] !== this.study || answer['v'] !== 1) throw new Malformed('place.foreign')
    const { challenge, capabilities } = answer
    this.capabilities = Array.isArray(capabilities) ? (capabilities as unknown[]) : []
    if (typeof challenge !== 'string' || challenge.length > 1024) throw new Malformed('challenge')
    return { challenge, limits: readLimits(answer['limits'], DEFAULTS) }
  }
}

const MIB = 1024 * 1024
const DEFAULTS: Limits = { batchBytes: MIB, batchItems: 500, offerItems: 500, itemBytes: 2048 * MIB, patchBytes: MIB }

function readLimits(value: unknown, defaults: Limits): Limits {
  const given = isObject(value) ? value : {}
  return {
    batchBytes: bounded(given['batch_bytes'], defaults.batchBytes, 65_536, 4 * MIB),
    batchItems: bounded(given['batch_items'], defaults.batchItems, 1, 1000),
    offerItems: bounded(given['offer_items'], defaults.offerItems, 1, 1000),
    itemBytes: bounded(given['item_bytes'], defaults.itemBytes, MIB, Number.MAX_SAFE_INTEGER),
    patchBytes: bounded(given['patch_bytes'], defaults.patchBytes, 65_536, 8 * MIB),
  }
}

function bounded(value: unknown, otherwise: number, least: number, most: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return otherwise
  return Math.min(Math.max(Math.floor(value), least), most)
}

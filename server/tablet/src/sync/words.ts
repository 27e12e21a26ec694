import type { Acknowledgement } from '../store/database'
import { isObject } from '../store/feed_bodies'
import { Malformed } from './failures'

const STATES: readonly string[] = ['held', 'waiting', 'quarantined', 'conflict', 'refused']

/** A place's word about an item. */
export interface Word {
  readonly state: Acknowledgement['state']
  readonly code: string | null
  /** Central's receipt as the place relays it, not yet checked, or null. */
  readonly receipt: unknown
}

/** Reads an answer of a batch, or of an upload. Raises `Malformed`. */
export function readWord(answer: unknown): Word {
  if (!isObject(answer)) throw new Malformed('answer')
  const { state, code, receipt } = answer
  if (typeof state !== 'string' || !STATES.includes(state)) throw new Malformed('state')
  return {
    state: state as Acknowledgement['state'],
    code: typeof code === 'string' ? code.slice(0, 80) : null,
    receipt: receipt ?? null,
  }
}

/** Reads a JSON object. Raises `Malformed`. */
export function readJson(bytes: BufferSource): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    throw new Malformed('json')
  }
  if (!isObject(value)) throw new Malformed('json')
  return value
}

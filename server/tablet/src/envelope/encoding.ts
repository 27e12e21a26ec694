/** Texts and bytes: integers, canonical JSON (FORMAT.md, Conventions). */
import canonicalize from 'canonicalize'

import { utf8, type Bytes } from '../store/bytes'
import { EnvelopeError } from './errors'

export { b64u, fromB64u } from './base64url'

export type Json = null | boolean | number | string | readonly Json[] | JsonObject
export interface JsonObject {
  readonly [key: string]: Json
}

// A byte order mark is content here, so it makes the text refused instead of vanishing.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Unsigned 32 bits, big-endian. */
export function u32(value: number): Bytes {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setUint32(0, value)
  return bytes
}

/** Reads what `u32` wrote. */
export function fromU32(bytes: Uint8Array, at = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at)
}

/** Canonical JSON (RFC 8785) in UTF-8. Raises `Error` for a lone surrogate. */
export function canonical(value: JsonObject): Bytes {
  return utf8(canonicalize(value) ?? '')
}

/**
 * The object whose canonical JSON is exactly `bytes`, with integers from 0 to 2^53 - 1 as its only numbers.
 * Comparing with the canonical form also refuses duplicate keys, other orders and spaces.
 * Raises `EnvelopeError` with `code` for anything else.
 */
export function parseCanonical(bytes: Uint8Array, code: string): JsonObject {
  let cause: unknown
  try {
    const text = decoder.decode(bytes)
    const value = JSON.parse(text) as Json
    if (isObject(value) && hasWholeNumbersOnly(value) && canonicalize(value) === text) return value
  } catch (error) {
    cause = error
  }
  throw new EnvelopeError(code, {}, { cause })
}

/** Whether a value is an object, neither a list nor null. */
export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** An object without some of its keys. */
export function without(value: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))
}

function hasWholeNumbersOnly(value: Json): boolean {
  const waiting: Json[] = [value]
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (typeof next === 'number' && !(Number.isSafeInteger(next) && next >= 0)) return false
    if (typeof next === 'object' && next !== null) {
      for (const inner of Object.values<Json>(next)) waiting.push(inner)
    }
  }
  return true
}

/** Reading the fields of a parsed document: exactly the keys of FORMAT.md's tables, each as it says there. */
import type { Bytes } from '../store/bytes'
import { fromB64u, isObject, type Json, type JsonObject } from './encoding'
import { EnvelopeError } from './errors'

export const ID = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,127}$/
export const KEY_ID = /^[a-z2-7]{32}$/
export const HASH = /^[0-9a-f]{64}$/
export const EPOCH = /^[0-9a-f]{32}$/
export const PART = /^(?:record|[ac][1-9][0-9]{0,3})$/
export const ATTACHMENT_PART = /^a[1-9][0-9]{0,3}$/
export const CONTENT_TYPE = /^(?=.{1,100}$)[a-z]+\/[a-z0-9.+-]+$/
/** The id of a case. */
export const CASE = /^[A-Za-z0-9][A-Za-z0-9:._-]{0,63}$/
export const LANGUAGE = /^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8}){0,8}$/
export const KIND = /^[a-z][a-z0-9._-]{0,63}$/

const SHOWN_KEY = /^[A-Za-z0-9_]{1,40}$/
const TIME = /^[12][0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/

/** The fields of one object. Every method raises `EnvelopeError` with the code given and the field's path. */
export class Fields {
  readonly #value: JsonObject
  readonly #code: string
  readonly #path: string

  /** `optional` are keys that may be left out. */
  constructor(
    value: Json | undefined,
    keys: readonly string[],
    code: string,
    path = '',
    optional: readonly string[] = [],
  ) {
    this.#code = code
    this.#path = path
    if (!isObject(value)) throw new EnvelopeError(code, { field: path.replace(/\.$/, '') })
    const odd = [
      ...Object.keys(value).filter((key) => !keys.includes(key) && !optional.includes(key)),
      ...keys.filter((key) => !Object.hasOwn(value, key)),
    ].sort()[0]
    if (odd !== undefined) throw this.wrong(SHOWN_KEY.test(odd) ? odd : '?')
    this.#value = value
  }

  /** Whether a key that may be left out is there. */
  has(key: string): boolean {
    return Object.hasOwn(this.#value, key)
  }

  isNull(key: string): boolean {
    return this.#value[key] === null
  }

  /** The error that names this field. */
  wrong(key: string): EnvelopeError {
    return new EnvelopeError(this.#code, { field: this.#path + key })
  }

  /** A text that matches the pattern. */
  text(key: string, pattern: RegExp): string {
    const value = this.anyText(key)
    if (!pattern.test(value)) throw this.wrong(key)
    return value
  }

  /** A text that matches the pattern, or null. */
  textOrNull(key: string, pattern: RegExp): string | null {
    return this.#value[key] === null ? null : this.text(key, pattern)
  }

  /** Any text. */
  anyText(key: string): string {
    const value = this.#value[key]
    if (typeof value !== 'string') throw this.wrong(key)
    return value
  }

  /** One of some texts. */
  choice<Choice extends string>(key: string, choices: readonly Choice[]): Choice {
    const value = this.#value[key]
    const found = choices.find((choice) => choice === value)
    if (found === undefined) throw this.wrong(key)
    return found
  }

  /** An integer from `least` to 2^53 - 1. */
  integer(key: string, least = 0): number {
    const value = this.#value[key]
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < least) throw this.wrong(key)
    return value
  }

  /** The field `v`, which is 1. */
  version(): void {
    if (this.integer('v') !== 1) throw this.wrong('v')
  }

  /** A base64url text of `size` bytes. */
  data(key: string, size: number): Bytes {
    const data = fromB64u(this.anyText(key))
    if (data?.length !== size) throw this.wrong(key)
    return data
  }

  /** A time `YYYY-MM-DDTHH:MM:SSZ` that the calendar has. */
  time(key: string): string {
    const value = this.text(key, TIME)
    const milliseconds = Date.parse(value)
    if (Number.isNaN(milliseconds) || new Date(milliseconds).toISOString() !== value.replace('Z', '.000Z')) {
      throw this.wrong(key)
    }
    return value
  }

  /** The fields of an object within. */
  inner(key: string, keys: readonly string[]): Fields {
    return new Fields(this.#value[key], keys, this.#code, `${this.#path}${key}.`)
  }

  /** The fields of a list of `least` to `most` objects. */
  innerList(key: string, keys: readonly string[], least: number, most: number): Fields[] {
    const value = this.#value[key]
    if (!Array.isArray(value) || value.length < least || value.length > most) throw this.wrong(key)
    return (value as readonly Json[]).map(
      (entry, index) => new Fields(entry, keys, this.#code, `${this.#path}${key}.${index}.`),
    )
  }

  /** A list of at most `most` texts. */
  texts(key: string, most: number): readonly string[] {
    const value = this.#value[key]
    if (!Array.isArray(value) || value.length > most || !value.every((each) => typeof each === 'string')) {
      throw this.wrong(key)
    }
    return value
  }

  /** Any object. */
  mapping(key: string): JsonObject {
    const value = this.#value[key]
    if (!isObject(value)) throw this.wrong(key)
    return value
  }
}

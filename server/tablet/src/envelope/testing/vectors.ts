/** Reading the shared vectors; tests/vectors/envelope/README.md says what stands in them. */
import { readFileSync } from 'node:fs'

import { expect } from 'vitest'

import { join, utf8, type Bytes } from '../../store/bytes'
import { fromB64u } from '../encoding'
import { EnvelopeError } from '../errors'
import type { Attachment, RecordDocument } from '../record'

export const FOLDER = new URL('../../../../../tests/vectors/envelope/', import.meta.url)

/** What cases of all files may say. */
export interface Case {
  readonly name?: string
  readonly code?: string
  readonly field?: string
  readonly ranges?: readonly (readonly [number, number])[]
  readonly flip?: readonly [number, number]
  readonly replace?: readonly [string, string]
  readonly cover?: string
  readonly whole?: string
}

export interface RecordJson {
  readonly v: 1
  readonly instance_xml: string
  readonly language: string | null
  readonly attachments: readonly {
    readonly content_type: string
    readonly name: string
    readonly part: string
    readonly sha256: string
    readonly size: number
  }[]
}

export interface EnvelopeJson {
  readonly cover: string
  readonly body: string
  readonly keys: readonly string[]
  readonly record?: RecordJson
  readonly content?: string
}

export interface PartsJson {
  readonly seeds: Readonly<Record<string, string>>
  readonly envelopes: Readonly<Record<string, EnvelopeJson>>
}

export function load<Vectors>(name: string): Vectors {
  return JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')) as Vectors
}

/** Bytes of a base64url text that is known to be right. */
export function bytes(text: string): Bytes {
  const found = fromB64u(text)
  if (found === null) throw new Error('the vector is not base64url')
  return found
}

export function pattern(size: number): Bytes {
  return Uint8Array.from({ length: size }, (_, at) => at * 31 + (at >> 8) * 17)
}

/** The pieces of `base` that a case names, joined, with one bit flipped if it says so. */
export function changed(base: Bytes, { whole, ranges, flip }: Case): Bytes {
  if (whole !== undefined) return bytes(whole)
  if (ranges === undefined) return base
  const data = join(ranges.map(([from, to]) => base.subarray(from, to)))
  if (flip !== undefined) data[flip[0]] = (data[flip[0]] ?? 0) ^ (1 << flip[1])
  return data
}

/** A cover's bytes: `cover` itself, or `base` with one text replaced. */
export function replaced(base: string, { cover, replace }: Case): Bytes {
  if (cover !== undefined) return utf8(cover)
  const [before, after] = replace ?? ['', '']
  expect(base.split(before)).toHaveLength(2)
  return utf8(base.split(before).join(after))
}

export function privateKeys(seeds: Readonly<Record<string, string>>): Map<string, Bytes> {
  return new Map(Object.entries(seeds).map(([key, seed]) => [key, bytes(seed)]))
}

/** The action raises the error that the case names. */
export async function refused(expected: Case, action: () => unknown): Promise<EnvelopeError> {
  let error: unknown
  try {
    await action()
  } catch (caught) {
    error = caught
  }
  if (!(error instanceof EnvelopeError)) throw new Error('no EnvelopeError was raised', { cause: error })
  expect(error.code).toBe(expected.code)
  if (expected.field !== undefined) expect(error.params).toEqual({ field: expected.field })
  return error
}

export async function all(source: AsyncIterable<Bytes>): Promise<Bytes> {
  const pieces: Bytes[] = []
  for await (const piece of source) pieces.push(piece)
  return join(pieces)
}

export function recordJson(record: RecordDocument): RecordJson {
  const entry = ({ contentType, name, part, sha256, size }: Attachment): RecordJson['attachments'][number] => ({
    content_type: contentType,
    name,
    part,
    sha256,
    size,
  })
  return {
    v: 1,
    instance_xml: record.instanceXml,
    language: record.language,
    attachments: record.attachments.map(entry),
    ...(record.outcome === undefined ? {} : { outcome: record.outcome }),
    ...(record.card === undefined ? {} : { card: record.card }),
    ...(record.case === undefined ? {} : { case: record.case }),
    ...(record.kept === undefined ? {} : { kept: record.kept.map((each) => ({ ...entry(each), instance: each.instance })) }),
  }
}

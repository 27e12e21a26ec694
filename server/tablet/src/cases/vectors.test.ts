/** The shared vectors of case lists, read by the TypeScript implementation. */
import { describe, expect, it } from 'vitest'

import type { JsonObject } from '../envelope'
import { bytes, changed, load, refused, type Case } from '../envelope/testing/vectors'
import { join, type Bytes } from '../store/bytes'
import { openCases, unpackCases, type Addressee } from './sealed_list'

interface Plaintext {
  readonly data: string
  readonly zeros: number
  readonly last?: number
}
interface Cases {
  readonly addressee: Addressee
  readonly seeds: Readonly<Record<string, string>>
  readonly key: string
  readonly sealed: { readonly list: string; readonly document: JsonObject }
  readonly not_opened: readonly (Case & { readonly key?: string; readonly addressee?: Partial<Addressee> })[]
  readonly whole: readonly (Plaintext & { readonly document: JsonObject })[]
  readonly broken: readonly (Plaintext & { readonly name: string; readonly code: string })[]
}

const cases = load<Cases>('cases')
const list = bytes(cases.sealed.list)

function seed(key = cases.key): Bytes {
  return bytes(cases.seeds[key] ?? '')
}

function plaintext({ data, zeros, last }: Plaintext): Bytes {
  const found = join([bytes(data), new Uint8Array(zeros)])
  if (last !== undefined) found[found.length - 1] = last
  return found
}

describe('case lists', () => {
  it('opens for whom it is', async () => {
    expect({ v: 1, cases: await openCases(list, cases.addressee, seed()) }).toEqual(cases.sealed.document)
  })

  it.each(cases.not_opened)('does not open: $name', async (each) => {
    const addressee = { ...cases.addressee, ...each.addressee }
    await refused(each, () => openCases(changed(list, each), addressee, seed(each.key)))
  })

  it.each(cases.whole)('reads what is whole', async (each) => {
    expect({ v: 1, cases: await unpackCases(plaintext(each)) }).toEqual(each.document)
  })

  it.each(cases.broken)('refuses $name', async (each) => {
    await refused({ code: each.code }, () => unpackCases(plaintext(each)))
  })
})

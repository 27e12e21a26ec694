/** The shared vectors of the pruning rule, read by the TypeScript implementation. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { expect, test } from 'vitest'

import type { JsonObject } from '../envelope'
import { bytes } from '../envelope/testing/vectors'
import { mayDelete, signedMarks, signedReceipts } from './pruning'

interface Vectors {
  readonly central: string
  readonly copy: Readonly<Record<'study' | 'instance' | 'part' | 'cover_hash' | 'body_hash', string>>
  readonly cases: readonly {
    readonly name: string
    readonly epoch: string
    readonly receipts: readonly JsonObject[]
    readonly marks: readonly JsonObject[]
    readonly device: boolean
    readonly node: boolean
  }[]
}

const FILE = fileURLToPath(new URL('../../../../tests/vectors/pruning/cases.json', import.meta.url))
const { central, copy, cases } = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors
const COPY = { study: copy.study, instance: copy.instance, part: copy.part, coverHash: copy.cover_hash, bodyHash: copy.body_hash }

test.each(cases)('$name', async ({ epoch, receipts, marks, device, node }) => {
  const key = bytes(central)
  const good = await signedReceipts(receipts, key)
  const under = await signedMarks(marks, key)
  const permits = (carrier: 'device' | 'node'): boolean => mayDelete(COPY, good, under, { epoch, carrier }) !== null
  expect({ device: permits('device'), node: permits('node') }).toEqual({ device, node })
})

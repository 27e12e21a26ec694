/** The shared vectors of parcels, read by the TypeScript implementation. */
import { describe, expect, it } from 'vitest'
import { b64u, type JsonObject } from '../envelope/encoding'
import { recordDocument } from '../envelope/record'
import { bytes, changed, load, refused, type Case } from '../envelope/testing/vectors'
import { openParcel, unpackParcel, type Addressee, type Parcel } from './parcel'

interface Plain {
  readonly data: string
  readonly zeros: number
  readonly last?: number
}

interface Parcels {
  addressee: Addressee
  id: string
  key: string
  seeds: Record<string, string>
  sealed: { parcel: string; document: JsonObject; files: Record<string, string> }
  not_opened: (Case & { name: string; key?: string; id?: string; addressee?: Partial<Addressee> })[]
  whole: (Plain & { document: JsonObject })[]
  broken: (Case & Plain & { name: string })[]
}

const parcels = load<Parcels>('parcels')
const sealed = bytes(parcels.sealed.parcel)
const seedOf = (key = parcels.key) => bytes(parcels.seeds[key] ?? '')

function plaintext({ data, zeros, last }: Plain): Uint8Array<ArrayBuffer> {
  const start = bytes(data)
  const whole = new Uint8Array(start.length + Math.max(0, zeros))
  whole.set(start)
  if (last !== undefined) whole[whole.length - 1] = last
  return whole
}

function document(parcel: Parcel): JsonObject {
  const { files, record, comments, ...rest } = parcel
  const said = comments.map(({ path, text }) => ({ path, text }))
  return { v: 1, ...rest, comments: said, record: recordDocument(record), files: [...files.keys()] }
}

describe('parcels', () => {
  it('opens one', async () => {
    const opened = await openParcel(sealed, parcels.id, parcels.addressee, seedOf())
    expect(document(opened)).toEqual(parcels.sealed.document)
    expect(Object.fromEntries([...opened.files].map(([name, file]) => [name, b64u(file)]))).toEqual(parcels.sealed.files)
  })

  it.each(parcels.not_opened)('does not open: $name', async (given) => {
    const addressee = { ...parcels.addressee, ...given.addressee }
    await refused(given, () => openParcel(changed(sealed, given), given.id ?? parcels.id, addressee, seedOf(given.key)))
  })

  it.each(parcels.whole)('reads what it holds', async (given) => {
    expect(document(await unpackParcel(plaintext(given)))).toEqual(given.document)
  })

  it.each(parcels.broken)('refuses: $name', async (given) => {
    await refused(given, () => unpackParcel(plaintext(given)))
  })
})

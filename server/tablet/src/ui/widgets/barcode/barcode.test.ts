import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { prepareZXingModule, writeBarcode, type WriteInputBarcodeFormat } from 'zxing-wasm/writer'
import { loadReader, type CodeReader } from './reader'
import { startScan } from './scan'

const locate = createRequire(import.meta.url).resolve
let reader: CodeReader

/** As a camera sees it: pixels, with some white around. */
async function pictureOf(text: string, format: WriteInputBarcodeFormat): Promise<ImageData> {
  const { symbol } = await writeBarcode(text, { format, scale: 1 })
  const [scale, quiet] = [4, 20]
  const tall = symbol.height === 1 ? 40 : symbol.height
  const [width, height] = [symbol.width * scale + 2 * quiet, tall * scale + 2 * quiet]
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  for (let y = 0; y < tall * scale; y += 1) {
    for (let x = 0; x < symbol.width * scale; x += 1) {
      const row = symbol.height === 1 ? 0 : Math.floor(y / scale)
      const value = symbol.data[row * symbol.width + Math.floor(x / scale)] ?? 255
      data.fill(value, ((y + quiet) * width + x + quiet) * 4, ((y + quiet) * width + x + quiet) * 4 + 3)
    }
  }
  return { data, width, height, colorSpace: 'srgb' }
}

beforeAll(async () => {
  const wasm = (name: string): Promise<Buffer> => readFile(locate(`zxing-wasm/${name}/zxing_${name}.wasm`))
  await prepareZXingModule({ overrides: { wasmBinary: (await wasm('writer')).buffer as ArrayBuffer }, fireImmediately: true })
  const file = pathToFileURL(locate('zxing-wasm/reader/zxing_reader.wasm')).href
  const bytes = await wasm('reader')
  vi.stubGlobal('fetch', (asked: string) => {
    expect(asked).toBe(file)
    return Promise.resolve(new Response(new Uint8Array(bytes), { headers: { 'content-type': 'application/wasm' } }))
  })
  reader = await loadReader(file)
})

describe('a code', () => {
  it.each([
    ['FB-7Q2K Мария', 'QRCode'],
    ['4006381333931', 'EAN13'],
    ['HAUSHALT-0042', 'Code128'],
    ['Sofia 1000', 'DataMatrix'],
  ] as const)('"%s" as %s is read', async (text, format) => {
    expect(await reader.read(await pictureOf(text, format))).toBe(text)
  })

  it('is not seen in what is none', async () => {
    const data = new Uint8ClampedArray(200 * 200 * 4).fill(200)
    expect(await reader.read({ data, width: 200, height: 200, colorSpace: 'srgb' })).toBeNull()
  })

  it('is looked for until one is found, past pictures that cannot be read, and told once', async () => {
    const answers = [() => null, () => Promise.reject(new Error('torn')), () => 'FB-1', () => 'FB-2']
    const shown = vi.fn(() => ({}) as ImageData)
    const code = await new Promise<string>((found) => {
      startScan({ read: async () => (answers.shift() ?? (() => null))() }, shown, found)
    })
    expect([code, answers.length]).toEqual(['FB-1', 1])
  })

  it('is not told after the camera was closed', async () => {
    let answer = (_: string): void => undefined
    const found = vi.fn()
    const scan = startScan({ read: () => new Promise((resolve) => (answer = resolve)) }, () => ({}) as ImageData, found)
    scan.stop()
    answer('FB-1')
    await Promise.resolve()
    expect(found).not.toHaveBeenCalled()
  })
})

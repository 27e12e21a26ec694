/**
 * Reads QR codes and the usual barcodes from a picture, with zxing-cpp as WebAssembly from the app's own origin.
 *
 * The browser's `BarcodeDetector` is left aside: on Android it is fetched by the system when it is first used, which
 * may be in a village, and iPadOS has none. One reader for all reads the same everywhere.
 */
import { prepareZXingModule, readBarcodes, type ReadInputBarcodeFormat } from 'zxing-wasm/reader'

/** What stands on cards, letters, parcels and goods. */
const FORMATS: readonly ReadInputBarcodeFormat[] = ['QRCode', 'MicroQRCode', 'DataMatrix', 'Aztec', 'PDF417', 'EAN13', 'EAN8', 'UPCA', 'UPCE', 'Code128', 'Code39', 'Code93', 'ITF', 'Codabar']

export interface CodeReader {
  /** What the picture's code says, or null where there is none. */
  read(picture: ImageData): Promise<string | null>
}

/** Loads the reader; `address` is where its WebAssembly lies. */
export async function loadReader(address: string): Promise<CodeReader> {
  await prepareZXingModule({ overrides: { locateFile: () => address }, fireImmediately: true })
  return {
    read: async (picture) => {
      const [found] = await readBarcodes(picture, { formats: [...FORMATS], tryHarder: true, maxNumberOfSymbols: 1 })
      return found?.isValid === true && found.text !== '' ? found.text : null
    },
  }
}

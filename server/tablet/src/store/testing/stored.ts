import type { Database } from '../database'

/** Every byte and text that a database holds, as one string: bytes as Latin-1, so that UTF-8 texts are found in it too. */
export async function everythingStored(database: Database): Promise<string> {
  const found: string[] = []
  for (const table of database.tables) collect(await table.toArray(), found)
  return found.join('\n')
}

/** A text as its UTF-8 bytes would stand in `everythingStored`. */
export function asStored(text: string): string {
  return latin1(new TextEncoder().encode(text))
}

function collect(value: unknown, found: string[]): void {
  if (typeof value === 'string') found.push(value, asStored(value))
  else if (value instanceof Uint8Array) found.push(latin1(value))
  else if (value instanceof ArrayBuffer) found.push(latin1(new Uint8Array(value)))
  else if (Array.isArray(value)) for (const each of value) collect(each, found)
  else if (typeof value === 'object' && value !== null) {
    for (const [key, each] of Object.entries(value)) {
      found.push(key)
      collect(each, found)
    }
  }
}

function latin1(bytes: Uint8Array): string {
  let text = ''
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return text
}

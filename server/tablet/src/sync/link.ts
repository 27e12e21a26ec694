import type { Thrift } from '../services'

/** The Network Information API, as far as a browser has it. */
export interface Connection {
  readonly saveData?: boolean
  readonly type?: string
  readonly effectiveType?: string
  addEventListener?(type: 'change', listener: () => void): void
  removeEventListener?(type: 'change', listener: () => void): void
}

const SLOW: ReadonlySet<string> = new Set(['slow-2g', '2g'])

/**
 * Why media should wait on this line, or null. Where the browser says nothing, nothing waits: a line that is held back
 * without reason strands recordings.
 */
export function thriftOf(connection: Connection | undefined): Thrift | null {
  if (connection === undefined) return null
  if (connection.saveData === true || connection.type === 'cellular') return 'metered'
  return SLOW.has(connection.effectiveType ?? '') ? 'weak' : null
}

/** What happened beside a recording: phases, notes, pauses, gaps; and the sidecar that tells it outside of Feldbuch. */

export type EntryKind = 'start' | 'phase' | 'note' | 'pause' | 'resume' | 'gap' | 'end'

/** `seconds`: place in the sound of its part. `at`: the tablet's clock, ISO. `lasting`: seconds without sound, of a gap. */
export interface LogEntry {
  readonly kind: EntryKind
  readonly seconds: number
  readonly at: string
  /** Name of the phase's question, or of a phase that the app offers. */
  readonly name?: string
  /** What the interviewer read or wrote; of an end its reason. */
  readonly text?: string
  readonly lasting?: number
}

/** A part as the sidecar names it. */
export interface LoggedPart {
  readonly file: string
  readonly seconds: number
  readonly log: readonly LogEntry[]
}

export const SIDECAR_TYPE = 'text/csv'
const HEADER = ['file', 'seconds', 'time', 'event', 'name', 'text', 'lasting']

/** The name of the sidecar of a recording, by the name that its answer holds. */
export function sidecarName(answer: string): string {
  return `${answer.replace(/\.[a-z0-9]+$/u, '')}-marks.csv`
}

/** The sidecar as CSV (RFC 4180, UTF-8): a row for each entry, and one for each part's whole length. */
export function sidecar(parts: readonly LoggedPart[]): string {
  const rows = parts.flatMap(({ file, seconds, log }) => [
    ...log.map((entry) => [
      file,
      entry.seconds.toFixed(2),
      entry.at,
      entry.kind,
      entry.name ?? '',
      entry.text ?? '',
      entry.lasting?.toFixed(2) ?? '',
    ]),
    [file, seconds.toFixed(2), '', 'length', '', '', ''],
  ])
  return [HEADER, ...rows].map((row) => row.map(field).join(',')).join('\r\n') + '\r\n'
}

function field(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** 0:07, 12:30, 1:02:03. */
export function clock(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds))
  const two = (value: number): string => String(value).padStart(2, '0')
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60]
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

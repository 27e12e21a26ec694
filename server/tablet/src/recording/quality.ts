/** How a recording sounds, what it is written as, and how long one that fits may be. */

/** As forms name it (ODK's `quality`); `external` has no other app here and is recorded as `normal`. */
export type Quality = 'voice-only' | 'low' | 'normal' | 'external'

const BITS_PER_SECOND: Readonly<Record<Quality, number>> = {
  'voice-only': 24_000,
  low: 32_000,
  normal: 64_000,
  external: 64_000,
}

/** Opus where the browser records it; AAC for older iPads. Without parameters as the first choice of neither. */
const TYPES = ['audio/webm;codecs=opus', 'audio/mp4;codecs=mp4a.40.2', 'audio/mp4;codecs=opus', 'audio/mp4'] as const

/** Bytes that a recording leaves free, so that the interview can still be finished and sealed. */
export const RESERVE = 16 * 1024 * 1024
/** Seconds of a recording that is taken for granted unless the interviewer chooses less. */
export const PLANNED_SECONDS = 2 * 60 * 60
/** What an interviewer may choose from where less fits, in seconds. Below the least nothing is begun. */
export const CHOICES: readonly number[] = [60, 10 * 60, 30 * 60, 60 * 60, PLANNED_SECONDS]
/** Seconds of room that are told while it runs. */
export const SCARCE: readonly number[] = [60, 2 * 60, 5 * 60, 10 * 60]

/** The quality of a form's `quality` parameter; `normal` for none or one that is not known. */
export function qualityOf(text: string | null | undefined): Quality {
  return text !== null && text !== undefined && Object.hasOwn(BITS_PER_SECOND, text) ? (text as Quality) : 'normal'
}

export function bitsPerSecond(quality: Quality): number {
  return BITS_PER_SECOND[quality]
}

/** Bytes that a second takes on disk: a tenth for the container, a slice's frame and seal, a little for the index. */
function bytesPerSecond(quality: Quality): number {
  return Math.ceil((BITS_PER_SECOND[quality] / 8) * 1.1) + 64
}

/** Bytes that so many seconds need, with the reserve. */
export function bytesFor(quality: Quality, seconds: number): number {
  return seconds * bytesPerSecond(quality) + RESERVE
}

/** Seconds that fit into `free` bytes beside the reserve. */
export function secondsThatFit(quality: Quality, free: number): number {
  return Math.max(0, Math.floor((free - RESERVE) / bytesPerSecond(quality)))
}

/** The first media type that the browser records, or null where it records none of ours. */
export function recordedType(isSupported: (type: string) => boolean): string | null {
  return TYPES.find((type) => isSupported(type)) ?? null
}

/** The ending of a file of this media type. */
export function extensionOf(type: string): string {
  return type.startsWith('audio/mp4') ? '.m4a' : '.webm'
}

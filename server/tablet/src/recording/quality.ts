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
/** What an interviewer may choose from, in seconds. */
export const CHOICES: readonly number[] = [30 * 60, 60 * 60, PLANNED_SECONDS, 4 * 60 * 60]
/** Below this many seconds nothing is begun. */
export const SHORTEST_SECONDS = 60

/** The quality of a form's `quality` parameter; `normal` for none or one that is not known. */
export function qualityOf(text: string | null | undefined): Quality {
  return text !== null && text !== undefined && Object.hasOwn(BITS_PER_SECOND, text) ? (text as Quality) : 'normal'
}

export function bitsPerSecond(quality: Quality): number {
  return BITS_PER_SECOND[quality]
}

/** Bytes that a second takes on disk: a tenth for the container, a slice's frame and seal, a little for the index. */
export function bytesPerSecond(quality: Quality): number {
  return Math.ceil((BITS_PER_SECOND[quality] / 8) * 1.1) + 64
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

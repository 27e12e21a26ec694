/** What one draws with. The colours are part of the picture, which is white paper in every theme of the app. */

export const PAPER = '#ffffff'

export const COLORS = { black: '#1a1a1a', blue: '#0b57a4', red: '#c22318', green: '#18753c' } as const
export type ColorName = keyof typeof COLORS

/** Pixels of the picture, whose longer side has about 1,600. */
export const WIDTHS = { thin: 5, thick: 16 } as const
export type WidthName = keyof typeof WIDTHS

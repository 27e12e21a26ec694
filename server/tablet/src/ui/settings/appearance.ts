/** How the app looks on this tablet: text size, light or dark, contrast. Kept beside the language; nothing here is an answer. */
export const ZOOMS = [100, 115, 130, 150] as const
export type Zoom = (typeof ZOOMS)[number]
export type Scheme = 'device' | 'light' | 'dark'
export type Contrast = 'device' | 'more'

export interface Appearance {
  /** Percent of the ordinary size of text, and of all that is measured by it. */
  readonly zoom: Zoom
  readonly scheme: Scheme
  readonly contrast: Contrast
}

export const ORDINARY: Appearance = { zoom: 100, scheme: 'device', contrast: 'device' }

const KEPT = 'feldbuch.appearance'

/** What was chosen before; whatever cannot be read is as the tablet has it. */
export function keptAppearance(storage: Pick<Storage, 'getItem'>): Appearance {
  try {
    const { zoom, scheme, contrast } = JSON.parse(storage.getItem(KEPT) ?? '{}') as Partial<Record<keyof Appearance, unknown>>
    return {
      zoom: ZOOMS.find((each) => each === zoom) ?? ORDINARY.zoom,
      scheme: scheme === 'light' || scheme === 'dark' ? scheme : 'device',
      contrast: contrast === 'more' ? 'more' : 'device',
    }
  } catch {
    return ORDINARY
  }
}

export function keepAppearance(storage: Pick<Storage, 'setItem'>, appearance: Appearance): void {
  storage.setItem(KEPT, JSON.stringify(appearance))
}

/** Shows it: `tokens.css` follows the marks on the root, and all sizes follow its font size. */
export function show({ zoom, scheme, contrast }: Appearance, root: HTMLElement): void {
  mark(root, 'data-scheme', scheme)
  mark(root, 'data-contrast', contrast)
  root.style.fontSize = zoom === 100 ? '' : `${zoom}%`
}

function mark(root: HTMLElement, name: string, value: string): void {
  if (value === 'device') root.removeAttribute(name)
  else root.setAttribute(name, value)
}

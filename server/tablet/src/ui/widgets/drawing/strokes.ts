/** What was drawn, as strokes and not as pixels, so that every step can be taken back, also clearing the sheet. */

export interface Dot {
  readonly x: number
  readonly y: number
}

export interface Stroke {
  readonly color: string
  /** In pixels of the picture, like all measures here. */
  readonly width: number
  readonly dots: readonly Dot[]
}

export interface Size {
  readonly width: number
  readonly height: number
}

/** A step is a stroke, or that everything before it was cleared. */
export type Step = Stroke | 'cleared'

/** The strokes that are to be seen. */
export function seen(steps: readonly Step[]): readonly Stroke[] {
  const kept = steps.slice(steps.lastIndexOf('cleared') + 1)
  return kept.filter((step) => step !== 'cleared')
}

/** The step that clears the sheet, where there is something to clear. */
export function cleared(steps: readonly Step[]): readonly Step[] {
  return seen(steps).length === 0 ? steps : [...steps, 'cleared']
}

/** The stroke as it goes on; what the hand trembles below half a pixel is left out. */
export function longer(stroke: Stroke, dot: Dot): Stroke {
  const last = stroke.dots.at(-1)
  if (last !== undefined && Math.hypot(dot.x - last.x, dot.y - last.y) < 0.5) return stroke
  return { ...stroke, dots: [...stroke.dots, dot] }
}

/** Where on the picture the pointer is, whose element may be shown larger or smaller than the picture. */
export function dotAt(event: Pick<PointerEvent, 'clientX' | 'clientY'>, box: DOMRect, { width, height }: Size): Dot {
  return { x: ((event.clientX - box.left) / box.width) * width, y: ((event.clientY - box.top) / box.height) * height }
}

/** Paints a stroke as a smooth line through its dots; a single dot is a point. */
export function paint(context: CanvasRenderingContext2D, { color, width, dots }: Stroke): void {
  const [first, ...rest] = dots
  if (first === undefined) return
  Object.assign(context, { strokeStyle: color, lineWidth: width, lineCap: 'round', lineJoin: 'round' })
  context.beginPath()
  context.moveTo(first.x, first.y)
  if (rest.length === 0) context.lineTo(first.x + 0.01, first.y)
  for (const [index, dot] of rest.entries()) {
    const next = rest[index + 1]
    if (next === undefined) context.lineTo(dot.x, dot.y)
    else context.quadraticCurveTo(dot.x, dot.y, (dot.x + next.x) / 2, (dot.y + next.y) / 2)
  }
  context.stroke()
}

import { describe, expect, it } from 'vitest'
import { cleared, dotAt, longer, paint, seen, type Step, type Stroke } from './strokes'

const stroke = (...dots: [number, number][]): Stroke => ({ color: 'black', width: 4, dots: dots.map(([x, y]) => ({ x, y })) })
const [first, second, third] = [stroke([1, 1]), stroke([2, 2]), stroke([3, 3])] as const

describe('what is drawn', () => {
  it('is seen from the last clearing on, and clearing is a step that can be taken back', () => {
    const steps: readonly Step[] = cleared([first, second])
    expect(seen(steps)).toEqual([])
    expect(seen([...steps, third])).toEqual([third])
    expect(seen(steps.slice(0, -1))).toEqual([first, second])
    expect(cleared([])).toEqual([])
    expect(cleared(steps)).toBe(steps)
  })

  it('grows with the finger and not with its trembling', () => {
    const grown = longer(first, { x: 5, y: 1 })
    expect(grown.dots).toEqual([{ x: 1, y: 1 }, { x: 5, y: 1 }])
    expect(longer(grown, { x: 5.3, y: 1 })).toBe(grown)
  })

  it('lies on the picture where the finger was, however large it is shown', () => {
    const box = { left: 100, top: 50, width: 400, height: 300 } as DOMRect
    expect(dotAt({ clientX: 300, clientY: 200 }, box, { width: 1600, height: 1200 })).toEqual({ x: 800, y: 600 })
  })

  it('goes through the first and the last dot', () => {
    const told: string[] = []
    const note = (name: string) => (...at: number[]) => void told.push(`${name} ${at.join(' ')}`)
    const context = {
      beginPath: note('begin'),
      moveTo: note('move'),
      lineTo: note('line'),
      quadraticCurveTo: note('curve'),
      stroke: note('stroke'),
    } as unknown as CanvasRenderingContext2D
    paint(context, stroke([0, 0], [10, 0], [10, 10]))
    expect(told.map((each) => each.trim())).toEqual(['begin', 'move 0 0', 'curve 10 0 10 5', 'line 10 10', 'stroke'])
    expect(context).toMatchObject({ strokeStyle: 'black', lineWidth: 4, lineCap: 'round' })
  })
})

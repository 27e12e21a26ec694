// @vitest-environment jsdom
import { afterEach, expect, it, vi } from 'vitest'

import { afterPaint } from './after_paint'

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('does not wait for a frame that a page hidden meanwhile never gets', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('requestAnimationFrame', () => 0)
  const painted = afterPaint()
  document.dispatchEvent(new Event('visibilitychange'))
  await painted
  expect(vi.getTimerCount()).toBe(0)
})

it('gives way to what is more urgent, where the browser can say so', async () => {
  const tasks: string[] = []
  vi.stubGlobal('requestAnimationFrame', (callback: () => void) => setTimeout(callback))
  vi.stubGlobal('scheduler', {
    postTask: (task: () => void, { priority }: { readonly priority: string }) => {
      tasks.push(priority)
      task()
      return Promise.resolve()
    },
  })
  await afterPaint()
  expect(tasks).toEqual(['background'])
})

it('waits no longer than it is told for a frame that does not come', async () => {
  vi.useFakeTimers()
  vi.stubGlobal('requestAnimationFrame', () => 0)
  const done = vi.fn()
  void afterPaint(1000).then(done)
  await vi.advanceTimersByTimeAsync(999)
  expect(done).not.toHaveBeenCalled()
  await vi.advanceTimersByTimeAsync(1)
  expect(done).toHaveBeenCalled()
})

// @vitest-environment happy-dom
import { describe, expect, it, vi } from 'vitest'

import { isApple, Shell } from './shell'

function surroundings(standalone?: boolean) {
  const page = new EventTarget() as EventTarget & Window
  const display = Object.assign(new EventTarget(), { matches: false })
  Object.assign(page, { matchMedia: () => display })
  const worker = Object.assign(new EventTarget(), { controller: null }) as unknown as ServiceWorkerContainer
  return { page, display, worker, given: { window: page, worker, standalone } }
}

describe('the shell', () => {
  it('offers to install once the browser does, and once only', async () => {
    const { page, given } = surroundings()
    const shell = new Shell(given)
    expect(shell.state.canInstall).toBe(false)
    const prompt = vi.fn(() => Promise.resolve({ outcome: 'accepted' }))
    page.dispatchEvent(Object.assign(new Event('beforeinstallprompt', { cancelable: true }), { prompt }))
    expect(shell.state.canInstall).toBe(true)
    await shell.install()
    await shell.install()
    expect(prompt).toHaveBeenCalledTimes(1)
    expect(shell.state.canInstall).toBe(false)
  })

  it('knows an app of its own by the display, or by what Safari says', () => {
    const { display, given } = surroundings()
    const shell = new Shell(given)
    expect(shell.state.isInstalled).toBe(false)
    display.matches = true
    display.dispatchEvent(new Event('change'))
    expect(shell.state.isInstalled).toBe(true)
    expect(new Shell(surroundings(true).given).state.isInstalled).toBe(true)
  })

  it('promises work without a network only when a worker has the app', () => {
    const { worker, given } = surroundings()
    const shell = new Shell(given)
    expect(shell.state.worksOffline).toBe(false)
    Object.assign(worker, { controller: {} })
    worker.dispatchEvent(new Event('controllerchange'))
    expect(shell.state.worksOffline).toBe(true)
  })

  it.each([
    ['Mozilla/5.0 (iPad; CPU OS 16_7 like Mac OS X)', 5, true],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 5, true],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 0, false],
    ['Mozilla/5.0 (Linux; Android 14; SM-X200)', 5, false],
  ])('tells an iPad by %s with %d touch points: %s', (userAgent, maxTouchPoints, apple) => {
    expect(isApple({ userAgent, maxTouchPoints })).toBe(apple)
  })
})

import type { VueWrapper } from '@vue/test-utils'
import { expect, vi } from 'vitest'

/** A page begins with what fits on the screen; resolves when the rest is there. */
export async function wholePage(page: VueWrapper): Promise<void> {
  await vi.waitFor(() => expect(page.find('main').attributes('aria-busy')).toBe('false'), { timeout: 10_000 })
}

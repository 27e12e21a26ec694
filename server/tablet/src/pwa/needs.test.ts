import { expect, test } from 'vitest'

import { checkGround } from './needs'

const { locks } = navigator
const { subtle } = crypto

test('a browser that can do all of it is let in', async () => {
  await checkGround({ isSecureContext: true, locks, subtle })
})

test('without a secure address, locks or Ed25519 nothing starts', async () => {
  await expect(checkGround({ isSecureContext: false, locks, subtle })).rejects.toMatchObject({ code: 'browser.insecure' })
  const old = { importKey: () => Promise.reject(new DOMException('no', 'NotSupportedError')) }
  for (const ground of [
    { isSecureContext: true, locks: undefined, subtle },
    { isSecureContext: true, locks, subtle: undefined },
    { isSecureContext: true, locks, subtle: old },
  ]) {
    await expect(checkGround(ground)).rejects.toMatchObject({ code: 'browser.too_old' })
  }
})

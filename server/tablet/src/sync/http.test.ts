import { expect, test } from 'vitest'

import { Malformed, PlaceError, Unreachable } from './failures'
import { Http, type Fetch } from './http'

const CALL = { timeout: 1000 }

function http(answer: Fetch): Http {
  return new Http(answer)
}

function says(body: BodyInit | null, init?: ResponseInit): Http {
  return http(() => Promise.resolve(new Response(body, init)))
}

test('an answer that never comes, or never ends, is given up in time', async () => {
  const silent = http((_, init) => new Promise((_resolve, reject) => init.signal?.addEventListener('abort', () => reject(new Error('aborted')))))
  await expect(silent.call('https://a', { timeout: 20 })).rejects.toBeInstanceOf(Unreachable)
  const endless = http((_, init) => {
    const stream = new ReadableStream({ start: (controller) => init.signal?.addEventListener('abort', () => controller.error(new Error('aborted'))) })
    return Promise.resolve(new Response(stream))
  })
  await expect(endless.call('https://a', { timeout: 20 })).rejects.toBeInstanceOf(Unreachable)
})

test('no more is read than was asked for', async () => {
  let given = 0
  const flood = new ReadableStream({
    pull: (controller) => {
      given += 1000
      controller.enqueue(new Uint8Array(1000))
    },
  })
  await expect(says(flood).call('https://a', { ...CALL, limit: 5000 })).rejects.toBeInstanceOf(Malformed)
  expect(given).toBeLessThan(10_000)
  expect((await says('12345').call('https://a', { ...CALL, limit: 5 })).bytes).toHaveLength(5)
})

test.each([
  [{ status: 422 }, '{"error":{"code":"envelope.cover.field"}}', 'envelope.cover.field', null],
  [{ status: 502 }, '<html>', 'http.502', null],
  [{ status: 503, headers: { 'Retry-After': '9' } }, '{"error":{"code":"<b>"}}', 'http.503', 9],
  [{ status: 503, headers: { 'Retry-After': '999999' } }, '', 'http.503', 3600],
  [{ status: 503, headers: { 'Retry-After': 'Mon' } }, '', 'http.503', null],
])('an error %j is told by code and wait', async (init, body, code, retryAfter) => {
  const error: unknown = await says(body, init).call('https://a', CALL).catch((each: unknown) => each)
  expect(error).toBeInstanceOf(PlaceError)
  expect(error).toMatchObject({ status: init.status, code, retryAfter })
})

test('what is no JSON object is refused', async () => {
  for (const body of ['', '[]', '1', 'null', '{', new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])]) {
    await expect(says(body).json('https://a', CALL)).rejects.toBeInstanceOf(Malformed)
  }
  expect(await says('{"a":1}').json('https://a', CALL)).toEqual({ a: 1 })
})

test('calls carry no cookies, no referrer, and follow no redirection', async () => {
  let seen: RequestInit = {}
  await http((_, init) => {
    seen = init
    return Promise.resolve(new Response('{}'))
  }).json('https://a', { ...CALL, method: 'POST', json: { a: 1 } })
  expect(seen).toMatchObject({ credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', cache: 'no-store', body: '{"a":1}' })
})

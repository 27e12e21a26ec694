/** The worker that seals recordings: only here has a file a synchronous handle, whose flush outlives a kill. */
import { FOLDER, type Answer, type Request } from './wire'
import { Shop } from './shop'

const shop = new Shop(async (id) => {
  const root = await navigator.storage.getDirectory()
  const folder = await root.getDirectoryHandle(FOLDER, { create: true })
  return (await folder.getFileHandle(id, { create: true })).createSyncAccessHandle()
})

let turn: Promise<unknown> = Promise.resolve()

addEventListener('message', ({ data }: MessageEvent<Request>) => {
  turn = turn.then(() => answer(data))
})

async function answer(request: Request): Promise<void> {
  try {
    const value = await run(request)
    const transfer = value instanceof Uint8Array ? [value.buffer] : []
    say({ call: request.call, value }, transfer)
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error))
    say({ call: request.call, error: { name, message } })
  }
}

function say(said: Answer, transfer: Transferable[] = []): void {
  postMessage(said, { transfer })
}

async function run(request: Request): Promise<unknown> {
  switch (request.work) {
    case 'begin':
      return shop.begin(request.id, request.key, request.type)
    case 'append':
      return shop.append(request.id, request.slice)
    case 'release':
      return shop.release(request.id)
    case 'close':
      return shop.close(request.id, request.key, request.type)
    case 'fits':
      return shop.fits(request.bytes)
    case 'sound':
      return shop.sound(request.id, request.key, request.type, request.from, request.to)
  }
}

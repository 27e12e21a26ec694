import { describe, expect, it, vi } from 'vitest'
import { TabletError } from '../../../services'
import { openCamera, type CameraWish, type Devices } from './camera'

const WISH: CameraWish = { facing: 'environment', width: 1600, withSound: false }

function named(name: string): Error {
  return Object.assign(new Error(name), { name })
}

function stream(stop = vi.fn(), torch = false): MediaStream {
  const track = { stop, getCapabilities: () => ({ torch }), applyConstraints: vi.fn(() => Promise.resolve()) }
  return { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream
}

function devices(getUserMedia: Devices['getUserMedia']): Devices {
  const found = [{ kind: 'videoinput' }, { kind: 'videoinput' }, { kind: 'audioinput' }] as MediaDeviceInfo[]
  return { getUserMedia, enumerateDevices: () => Promise.resolve(found) }
}

describe('a camera', () => {
  it.each([
    ['NotAllowedError', 'camera.denied'],
    ['NotFoundError', 'camera.absent'],
    ['NotReadableError', 'camera.busy'],
    ['SomethingNew', 'camera.busy'],
  ])('that fails with %s is told as %s', async (name, code) => {
    const opening = openCamera(WISH, devices(() => Promise.reject(named(name))))
    await expect(opening).rejects.toEqual(new TabletError(code))
  })

  it('is absent where the browser offers none', async () => {
    await expect(openCamera(WISH, undefined)).rejects.toEqual(new TabletError('camera.absent'))
  })

  it('tells what it can, and lets go of every track', async () => {
    const stop = vi.fn()
    const camera = await openCamera(WISH, devices(() => Promise.resolve(stream(stop, true))))
    expect(camera).toMatchObject({ hasTorch: true, count: 2 })
    camera.stop()
    expect(stop).toHaveBeenCalledOnce()
  })

  it('films without sound where there is no microphone, but not where it was refused', async () => {
    const asked = vi.fn((wish?: MediaStreamConstraints) =>
      wish?.audio === true ? Promise.reject(named('NotFoundError')) : Promise.resolve(stream()),
    )
    await openCamera({ ...WISH, withSound: true }, devices(asked))
    expect(asked).toHaveBeenCalledTimes(2)
    const refused = openCamera({ ...WISH, withSound: true }, devices(() => Promise.reject(named('NotAllowedError'))))
    await expect(refused).rejects.toEqual(new TabletError('camera.denied'))
  })
})

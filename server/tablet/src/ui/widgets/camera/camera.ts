/** The tablet's cameras, opened for as long as they are needed and told plainly when they cannot be. */
import { TabletError } from '../../../services'

/** Which way the camera looks: away from the interviewer, or at whoever holds the tablet. */
export type Facing = 'environment' | 'user'

export interface CameraWish {
  readonly facing: Facing
  /** Width in pixels that would be best; the camera may give another. */
  readonly width: number
  readonly withSound: boolean
}

export interface Camera {
  readonly stream: MediaStream
  readonly hasTorch: boolean
  /** How many cameras the tablet has; known once one of them may be used. */
  readonly count: number
  light(isOn: boolean): Promise<void>
  stop(): void
}

/** What `navigator.mediaDevices` gives of it; replaced in tests. */
export type Devices = Pick<MediaDevices, 'getUserMedia' | 'enumerateDevices'>

/** Abilities of a track that the types of the browser do not know yet (W3C Image Capture). */
interface Torch {
  readonly torch?: boolean
}

const CODES: Readonly<Record<string, string>> = {
  NotAllowedError: 'camera.denied',
  SecurityError: 'camera.denied',
  NotFoundError: 'camera.absent',
  OverconstrainedError: 'camera.absent',
  NotReadableError: 'camera.busy',
  AbortError: 'camera.busy',
}

/**
 * Opens a camera. The wish is a wish: a tablet with one camera gives that one, and one without a microphone gives a
 * picture without sound.
 *
 * Raises `camera.denied`, `camera.absent` or `camera.busy`.
 */
export async function openCamera(wish: CameraWish, devices: Devices | undefined = navigator.mediaDevices): Promise<Camera> {
  // Without HTTPS a browser offers none at all.
  if (devices === undefined) throw new TabletError('camera.absent')
  const stream = await opened(devices, wish)
  const [track] = stream.getVideoTracks()
  const torch = (track?.getCapabilities?.() as Torch | undefined)?.torch === true
  const all = await devices.enumerateDevices().catch(() => [])
  return {
    stream,
    hasTorch: torch,
    count: all.filter(({ kind }) => kind === 'videoinput').length,
    light: async (isOn) => {
      await track?.applyConstraints({ advanced: [{ torch: isOn } as MediaTrackConstraintSet] })
    },
    stop: () => stream.getTracks().forEach((each) => each.stop()),
  }
}

async function opened(devices: Devices, { facing, width, withSound }: CameraWish): Promise<MediaStream> {
  const video = { facingMode: { ideal: facing }, width: { ideal: width }, height: { ideal: Math.round((width * 3) / 4) } }
  try {
    return await devices.getUserMedia({ video, audio: withSound })
  } catch (error) {
    const name = error instanceof Error ? error.name : ''
    if (withSound && name === 'NotFoundError') return opened(devices, { facing, width, withSound: false })
    throw new TabletError(CODES[name] ?? 'camera.busy')
  }
}

/** The microphone, the recorder and the screen's lock, as the browser gives them. */
import { TabletError } from '../services'

/** How loud it is. */
export interface Meter {
  /** The highest peak of the last moments, full scale is 1; null while the system lets nothing be measured. */
  peak(): number | null
  close(): void
}

/** What a recording needs of the browser. */
export interface Sound {
  isSupported(contentType: string): boolean
  /** Raises `microphone.denied`, `microphone.absent`, `microphone.busy`. */
  openMicrophone(): Promise<MediaStream>
  recorder(stream: MediaStream, options: MediaRecorderOptions): MediaRecorder
  meter(stream: MediaStream): Meter
  /** Keeps the screen on, as far as the platform does that, and the page open; gives the function that lets go. */
  keepAwake(): () => void
  /** Calls back when the page is seen again. Gives the function that ends that. */
  whenSeen(listener: () => void): () => void
}

const CODES: Readonly<Record<string, string>> = {
  NotAllowedError: 'microphone.denied',
  SecurityError: 'microphone.denied',
  NotFoundError: 'microphone.absent',
  OverconstrainedError: 'microphone.absent',
}

/** What calls need and transcribers curse stays off: it eats quiet voices and whoever speaks at the same time. */
const AUDIO: MediaTrackConstraints = {
  channelCount: { ideal: 1 },
  autoGainControl: { ideal: true },
  noiseSuppression: { ideal: false },
  echoCancellation: { ideal: false },
}

/** The sound of this browser, or null where it has none. */
export function browserSound(): Sound | null {
  if (typeof MediaRecorder === 'undefined') return null
  return {
    isSupported: (type) => MediaRecorder.isTypeSupported(type),
    openMicrophone,
    recorder: (stream, options) => new MediaRecorder(stream, options),
    meter: meterOf,
    keepAwake,
    whenSeen: (listener) => {
      const seen = (): void => {
        if (document.visibilityState === 'visible') listener()
      }
      document.addEventListener('visibilitychange', seen)
      return () => document.removeEventListener('visibilitychange', seen)
    },
  }
}

async function openMicrophone(): Promise<MediaStream> {
  // Without HTTPS a browser offers none at all.
  const devices = navigator.mediaDevices as MediaDevices | undefined
  if (devices === undefined) throw new TabletError('microphone.absent')
  try {
    return await devices.getUserMedia({ audio: AUDIO })
  } catch (error) {
    throw new TabletError(CODES[error instanceof Error ? error.name : ''] ?? 'microphone.busy')
  }
}

function meterOf(stream: MediaStream): Meter {
  const context = new AudioContext()
  const analyser = context.createAnalyser()
  analyser.fftSize = 4096
  context.createMediaStreamSource(stream).connect(analyser)
  const samples = new Float32Array(analyser.fftSize)
  return {
    peak: () => {
      if (context.state !== 'running') {
        void context.resume().catch(() => undefined)
        return null
      }
      analyser.getFloatTimeDomainData(samples)
      return samples.reduce((peak, sample) => Math.max(peak, Math.abs(sample)), 0)
    },
    close: () => void context.close().catch(() => undefined),
  }
}

function keepAwake(): () => void {
  let isWanted = true
  let held: WakeLockSentinel | null = null
  const ask = (): void => {
    if (!isWanted || document.visibilityState !== 'visible') return
    const wakeLock = navigator.wakeLock as WakeLock | undefined
    // A tablet that saves its battery refuses; it then sleeps, and the gap is noted.
    void wakeLock?.request('screen').then(
      (lock) => {
        if (isWanted) held = lock
        else void lock.release()
      },
      () => undefined,
    )
  }
  const stay = (event: Event): void => event.preventDefault()
  ask()
  document.addEventListener('visibilitychange', ask)
  addEventListener('beforeunload', stay)
  return () => {
    isWanted = false
    document.removeEventListener('visibilitychange', ask)
    removeEventListener('beforeunload', stay)
    void held?.release()
  }
}

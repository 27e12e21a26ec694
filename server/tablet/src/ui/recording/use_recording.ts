/** The recording that runs, for a part of the screen. */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { EndReason, RecordingService, RunningRecording } from '../../recording/service'
import { useTablet } from '../tablet'

/** Followed by Vue; null while nothing runs. */
export function useRunning(): Readonly<ShallowRef<RunningRecording | null>> {
  return useRecorder((recorder) => recorder.current())
}

/** Why the last recording came to its end by itself, until somebody has read it. Followed by Vue. */
export function useEnded(): Readonly<ShallowRef<EndReason | null>> {
  return useRecorder((recorder) => recorder.ended())
}

function useRecorder<T>(read: (recorder: RecordingService) => T | null): Readonly<ShallowRef<T | null>> {
  const { recorder } = useTablet()
  const value = shallowRef<T | null>(recorder === null ? null : read(recorder))
  const end = recorder?.subscribe(() => (value.value = read(recorder)))
  onScopeDispose(() => end?.())
  return value
}

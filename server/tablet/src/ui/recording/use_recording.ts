/** The recording that runs, for a part of the screen. */
import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'
import type { RunningRecording } from '../../recording/service'
import { useTablet } from '../tablet'

/** Followed by Vue; null while nothing runs. */
export function useRunning(): Readonly<ShallowRef<RunningRecording | null>> {
  const { recorder } = useTablet()
  const running = shallowRef(recorder?.current() ?? null)
  const end = recorder?.subscribe(() => (running.value = recorder.current()))
  onScopeDispose(() => end?.())
  return running
}

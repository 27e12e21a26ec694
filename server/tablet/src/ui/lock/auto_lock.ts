/** Locks an open tablet after a pause and in the background, wherever in the app somebody is. */
import { onScopeDispose, ref, watch, type Ref } from 'vue'
import type { Tablet } from '../../services'
import { lockMinutes } from '../settings/lock_minutes'
import { GRACE_MS, IdleWatch, WARN_BEFORE_MS } from './idle'

const TOUCHES = ['pointerdown', 'keydown', 'input', 'wheel', 'touchstart'] as const
const MINUTE_MS = 60_000
const TICK_MS = 500

/**
 * Calls `lock` when it is time, as long as `isOpen`. `chosen`: minutes that the interviewer wishes, or null for what the
 * study says. Gives the seconds that are left once they are few.
 */
export function useAutoLock(
  tablet: Tablet,
  isOpen: Ref<boolean>,
  lock: () => void,
  chosen: Ref<number | null> = ref(null),
): Ref<number | null> {
  const secondsLeft = ref<number | null>(null)
  let end: (() => void) | null = null

  function begin(minutes: number): () => void {
    const lockAfter = minutes * MINUTE_MS
    const times = { lockAfter, warnBefore: Math.min(WARN_BEFORE_MS, lockAfter / 2), grace: Math.min(GRACE_MS, lockAfter) }
    const events = { warn: (seconds: number | null) => (secondsLeft.value = seconds), lock }
    const idle = new IdleWatch(times, () => ({ wall: Date.now(), running: performance.now() }), events)
    const touched = (): void => idle.touched()
    const seen = (): void => (document.hidden ? idle.hidden() : idle.shown())
    const timer = setInterval(() => idle.tick(), TICK_MS)
    for (const touch of TOUCHES) addEventListener(touch, touched, { capture: true, passive: true })
    document.addEventListener('visibilitychange', seen)
    seen()
    return () => {
      clearInterval(timer)
      for (const touch of TOUCHES) removeEventListener(touch, touched, { capture: true })
      document.removeEventListener('visibilitychange', seen)
      secondsLeft.value = null
    }
  }

  function stop(): void {
    end?.()
    end = null
  }

  watch(
    [isOpen, chosen],
    async ([open]) => {
      stop()
      if (!open) return
      const { lockAfter } = await tablet.policy()
      if (isOpen.value && end === null) end = begin(lockMinutes(chosen.value, lockAfter))
    },
    { immediate: true },
  )
  onScopeDispose(stop)
  return secondsLeft
}

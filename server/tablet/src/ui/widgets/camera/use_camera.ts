/** A camera for a part of the screen: it is on only while that part is there, wanted, and seen. */
import { computed, onScopeDispose, readonly, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { describeError, type ErrorMessage } from '../../errors'
import { openCamera, type Camera, type Facing } from './camera'

export interface UsedCamera {
  readonly stream: ComputedRef<MediaStream | null>
  readonly facing: Readonly<Ref<Facing>>
  readonly problem: ShallowRef<ErrorMessage | null>
  readonly canTurn: ComputedRef<boolean>
  readonly hasTorch: ComputedRef<boolean>
  readonly isLit: Readonly<Ref<boolean>>
  readonly start: () => Promise<void>
  readonly stop: () => void
  readonly turn: () => Promise<void>
  readonly light: () => Promise<void>
}

/** `width` is the wish for the picture's width in pixels. */
export function useCamera(first: Facing, width: number, withSound = false): UsedCamera {
  const { locale } = useI18n()
  const camera = shallowRef<Camera | null>(null)
  const facing = ref<Facing>(first)
  const isLit = ref(false)
  const problem = shallowRef<ErrorMessage | null>(null)
  let isWanted = false
  /** Counts the openings: a camera that comes after it was given up is let go at once. */
  let turn = 0

  function release(): void {
    turn += 1
    camera.value?.stop()
    camera.value = null
    isLit.value = false
  }

  async function open(): Promise<void> {
    release()
    const mine = turn
    problem.value = null
    try {
      const opened = await openCamera({ facing: facing.value, width, withSound })
      if (mine !== turn) return opened.stop()
      // Another app may take the camera away.
      for (const track of opened.stream.getTracks()) track.addEventListener('ended', () => camera.value === opened && release())
      camera.value = opened
    } catch (error) {
      if (mine === turn) problem.value = describeError(error, locale.value)
    }
  }

  function seen(): void {
    if (document.visibilityState === 'hidden') release()
    else if (isWanted) void open()
  }

  document.addEventListener('visibilitychange', seen)
  addEventListener('pagehide', release)
  onScopeDispose(() => {
    isWanted = false
    document.removeEventListener('visibilitychange', seen)
    removeEventListener('pagehide', release)
    release()
  })

  return {
    stream: computed(() => camera.value?.stream ?? null),
    facing: readonly(facing),
    problem,
    canTurn: computed(() => (camera.value?.count ?? 0) > 1),
    hasTorch: computed(() => camera.value?.hasTorch ?? false),
    isLit: readonly(isLit),
    start: () => {
      isWanted = true
      return open()
    },
    stop: () => {
      isWanted = false
      release()
    },
    turn: () => {
      facing.value = facing.value === 'user' ? 'environment' : 'user'
      return open()
    },
    light: async () => {
      const wanted = !isLit.value
      // A torch that does not obey stays as it is.
      await camera.value?.light(wanted).then(
        () => (isLit.value = wanted),
        () => undefined,
      )
    },
  }
}

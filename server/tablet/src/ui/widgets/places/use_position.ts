/** The place of the tablet, followed while a part of the screen wants it. */
import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { describeError, type ErrorMessage } from '../../errors'
import type { Point } from './format'
import { followPosition } from './measure'

export interface UsedPosition {
  readonly isOn: Readonly<Ref<boolean>>
  /** The newest place, or null. It stays when following ends. */
  readonly here: ShallowRef<Point | null>
  readonly problem: ShallowRef<ErrorMessage | null>
  readonly start: () => void
  readonly stop: () => void
}

/** `found` is called with every place. */
export function usePosition(found: (point: Point) => void = () => undefined): UsedPosition {
  const { locale } = useI18n()
  const isOn = ref(false)
  const here = shallowRef<Point | null>(null)
  const problem = shallowRef<ErrorMessage | null>(null)
  let end = (): void => undefined

  function stop(): void {
    end()
    end = () => undefined
    isOn.value = false
  }

  function start(): void {
    stop()
    problem.value = null
    here.value = null
    isOn.value = true
    const ending = followPosition(
      (point) => {
        if (!isOn.value) return
        problem.value = null
        here.value = point
        found(point)
      },
      (error) => {
        problem.value = describeError(error, locale.value)
        if (error.code === 'position.denied') stop()
      },
    )
    // It may have been refused at once.
    if (isOn.value) end = ending
    else ending()
  }

  onScopeDispose(stop)
  return { isOn, here, problem, start, stop }
}

/** What every question with a file has in common: keeping one, taking it away, and taking that back. */
import { computed, ref, shallowRef, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { useI18n } from 'vue-i18n'
import { TabletError } from '../../../services'
import type { Question } from '../../../form/model'
import { describeError, type ErrorMessage } from '../../errors'
import { useInterview } from '../../interview/context'

/** Bytes of the largest file that a question takes: more would not fit the memory of a cheap tablet. */
export const LARGEST_FILE = 200_000_000

export interface Kept {
  readonly file: Blob
  /** With its point, such as `.jpg`, or empty. */
  readonly extension: string
}

export interface Attachment {
  readonly isWorking: Readonly<Ref<boolean>>
  readonly problem: ShallowRef<ErrorMessage | null>
  /** Whether what was taken away can be brought back. */
  readonly canRestore: ComputedRef<boolean>
  /** Makes a file and keeps it as the answer; whoever leaves or finishes waits for it. Says whether that went well. */
  readonly keep: (make: () => Promise<Kept> | Kept) => Promise<boolean>
  readonly remove: () => Promise<void>
  readonly restore: () => Promise<void>
  /** The file of the answer, or null where there is none or it cannot be had, which is then told. */
  readonly file: () => Promise<File | null>
}

/** The end of a file's name if it is one that a kind of file has; the rest of the name is never taken over. */
export function extensionOf(name: string): string {
  return /\.[A-Za-z0-9]{1,8}$/u.exec(name)?.[0].toLowerCase() ?? ''
}

/** Raises `file.large`, `file.empty`. */
export function checkedFile(file: Blob): Blob {
  if (file.size > LARGEST_FILE) throw new TabletError('file.large', { limit: LARGEST_FILE / 1_000_000 })
  if (file.size === 0) throw new TabletError('file.empty')
  return file
}

export function useAttachment(question: () => Question): Attachment {
  const { session } = useInterview()
  const { locale } = useI18n()
  const isWorking = ref(false)
  const problem = shallowRef<ErrorMessage | null>(null)
  const removed = shallowRef<Kept | null>(null)

  async function told(work: () => Promise<void>): Promise<boolean> {
    isWorking.value = true
    problem.value = null
    try {
      await work()
      return true
    } catch (error) {
      problem.value = describeError(error, locale.value)
      return false
    } finally {
      isWorking.value = false
    }
  }

  function keep(make: () => Promise<Kept> | Kept): Promise<boolean> {
    const asked = question()
    return told(() =>
      session.during(async () => {
        const { file, extension } = await make()
        await session.attach(asked, checkedFile(file), extension)
      }),
    )
  }

  async function remove(): Promise<void> {
    const asked = question()
    await told(async () => {
      const extension = extensionOf(asked.text)
      // A file that is not there any more can still be taken away.
      const file = await session.attachment(asked).catch(() => null)
      await session.detach(asked)
      removed.value = file === null ? null : { file, extension }
    })
  }

  async function restore(): Promise<void> {
    const { value } = removed
    if (value !== null) await keep(() => value)
  }

  async function file(): Promise<File | null> {
    const { text } = question()
    if (text === '') return null
    try {
      const found = await session.attachment(question())
      return text === question().text ? found : null
    } catch (error) {
      problem.value = describeError(error, locale.value)
      return null
    }
  }

  // A new answer, or a reason why there is none, is the end of what was there before.
  watch(
    () => question().settled,
    (settled) => {
      if (settled) removed.value = null
    },
  )
  return { isWorking, problem, canRestore: computed(() => removed.value !== null), keep, remove, restore, file }
}

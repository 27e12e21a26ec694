/** Held, shared, by every tab while it is open: a build is not changed under a draft. */
const OPEN = 'feldbuch-open'

/** Between two looks whether every tab is closed, while a build waits. */
const AGAIN_MS = 1000

/** Holds off updates while the tablet is open in this tab. */
export class OpenTab {
  private release: (() => void) | null = null

  constructor(private readonly locks: LockManager) {}

  opened(): void {
    if (this.release !== null) return
    // What is closed before the browser has granted the lock gives it back as soon as it comes.
    const closed = new Promise<void>((resolve) => (this.release = resolve))
    void this.locks.request(OPEN, { mode: 'shared' }, () => closed)
  }

  closed(): void {
    this.release?.()
    this.release = null
  }
}

/**
 * Installs the worker and applies a new build when no tab is open, that is before a PIN was entered.
 * `mayApply` says whether this tab can be loaded anew; `onChange` calls back when that may have changed; `waits` hears that
 * a build is there and waits.
 */
export async function keepUpToDate(
  locks: LockManager,
  mayApply: () => Promise<boolean>,
  onChange: (listener: () => void) => void,
  waits: () => void = () => undefined,
): Promise<void> {
  if (!('serviceWorker' in navigator)) return
  const { Workbox } = await import('workbox-window')
  const workbox = new Workbox('/tablet/sw.js', { scope: '/tablet/' })
  let waiting = false
  let isAsked = false
  let isApplied = false
  let again: ReturnType<typeof setTimeout> | undefined
  const apply = async (): Promise<void> => {
    if (!waiting || !(await mayApply())) return
    await locks.request(OPEN, { mode: 'exclusive', ifAvailable: true }, (lock) => {
      // Another tab is open, or the browser has not yet seen that this one was closed.
      if (lock === null) {
        clearTimeout(again)
        again = setTimeout(() => void apply(), AGAIN_MS)
        return
      }
      isAsked = true
      workbox.messageSkipWaiting()
    })
  }
  const noteWaiting = (): void => {
    waiting = true
    waits()
    void apply()
  }
  const load = async (): Promise<void> => {
    if (isApplied && (await mayApply())) location.reload()
  }
  workbox.addEventListener('waiting', noteWaiting)
  workbox.addEventListener('controlling', (event) => {
    // What this page has not loaded yet is gone with the build that it belongs to.
    if (event.isUpdate !== true && !isAsked) return
    waiting = false
    isApplied = true
    void load()
  })
  // Somebody may have entered a PIN meanwhile: then the page is loaded anew at the next lock.
  onChange(() => void (isApplied ? load() : apply()))
  document.addEventListener('visibilitychange', () => {
    // Without a network there is nothing to find, and that is no error.
    if (document.visibilityState === 'visible') void workbox.update().catch(() => undefined)
  })
  void workbox.register({ immediate: true }).catch(() => undefined)
}

import { shallowReactive } from 'vue'

/** What Chromium offers to a page that may be installed; no other browser has it. */
interface InstallEvent extends Event {
  prompt(): Promise<{ readonly outcome: 'accepted' | 'dismissed' }>
}

/** What is asked of the browser. */
export interface Surroundings {
  readonly window: Pick<Window, 'addEventListener' | 'matchMedia'>
  readonly worker: Pick<ServiceWorkerContainer, 'controller' | 'addEventListener'> | undefined
  /** Safari's word for an app on the home screen, where there is one. */
  readonly standalone: boolean | undefined
}

/** What the browser does for the app as a whole. Followed by Vue. */
export interface ShellState {
  /** Opened as an app of its own, not in a tab. */
  isInstalled: boolean
  /** The browser can be asked to install. */
  canInstall: boolean
  /** All of the app lies on the tablet: it opens without a network. */
  worksOffline: boolean
  /** A new build is here and waits until nothing is open. */
  updateWaits: boolean
}

export class Shell {
  readonly state: ShellState
  /** An interview that could not be kept lies in memory: no new build may load the page anew. */
  holdsUnkept = false
  private offer: InstallEvent | null = null

  constructor({ window, worker, standalone }: Surroundings) {
    const display = window.matchMedia('(display-mode: standalone)')
    this.state = shallowReactive({
      isInstalled: display.matches || standalone === true,
      canInstall: false,
      worksOffline: (worker?.controller ?? null) !== null,
      updateWaits: false,
    })
    display.addEventListener('change', () => (this.state.isInstalled = display.matches || standalone === true))
    window.addEventListener('beforeinstallprompt', (event) => {
      event.preventDefault()
      this.offer = event as InstallEvent
      this.state.canInstall = true
    })
    window.addEventListener('appinstalled', () => (this.state.canInstall = false))
    worker?.addEventListener('controllerchange', () => (this.state.worksOffline = worker.controller !== null))
  }

  /** Asks the browser to install the app, where it offers that; an offer is used once. */
  async install(): Promise<void> {
    const { offer } = this
    this.offer = null
    this.state.canInstall = false
    await offer?.prompt()
  }
}

/** Whether this is an iPad or iPhone: newer iPads call themselves a Mac, and no Mac has more than one touch point. */
export function isApple({ userAgent, maxTouchPoints }: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): boolean {
  return /iPad|iPhone/.test(userAgent) || (userAgent.includes('Macintosh') && maxTouchPoints > 1)
}

import { createApp } from 'vue'

import { carriesLink } from './enrolment/mark'
import type { Authenticator } from './passkey/authenticator'
import { checkGround } from './pwa/needs'
import { keepUpToDate, OpenTab } from './pwa/update'
import { OpfsFiles } from './recording/opfs'
import { browserSound } from './recording/sound'
import { TabletError } from './services'
import { Database } from './store/database'
import type { Connection } from './sync/link'
import { openTablet } from './tablet'
import { Shell } from './pwa/shell'
import App from './ui/App.vue'
import { interfaceI18n } from './ui/i18n'
import { keptAppearance, show } from './ui/settings/appearance'
import { SHELL } from './ui/shell/shell'
import { TABLET } from './ui/tablet'

/** Seconds between rounds that run by themselves. */
const ROUND_SECONDS = 60

const address = location.href
// The token of an enrolment does not stay in the address bar, in the history or in a picture of the screen.
if (carriesLink(address)) history.replaceState(null, '', location.pathname + location.search)

show(keptAppearance(localStorage), document.documentElement)
// The browser offers to install before anybody asks; whoever listens later has missed it.
const shell = new Shell({
  window,
  worker: 'serviceWorker' in navigator ? navigator.serviceWorker : undefined,
  standalone: (navigator as { readonly standalone?: boolean }).standalone,
})

const { credentials } = navigator as { readonly credentials?: CredentialsContainer }
const passkeys = async (): Promise<Authenticator> => {
  const { PlatformAuthenticator } = await import('./passkey/webauthn')
  return new PlatformAuthenticator({ credentials, kind: globalThis.PublicKeyCredential, hostname: location.hostname })
}

async function start(): Promise<void> {
  await checkGround({ isSecureContext, locks: navigator.locks, subtle: crypto.subtle })
  const speaking = interfaceI18n(localStorage, navigator.languages)
  const tablet = await openTablet({
    database: new Database(),
    fetch: (url, init) => fetch(url, init),
    locks: navigator.locks,
    storage: navigator.storage,
    network: window,
    connection: (navigator as { readonly connection?: Connection }).connection,
    channel: new BroadcastChannel('feldbuch'),
    openTab: new OpenTab(navigator.locks),
    recordings: new OpfsFiles(navigator.storage),
    sound: browserSound(),
    authenticator: {
      isThere: async () => (await passkeys()).isThere(),
      make: async (name) => (await passkeys()).make(name),
      ask: async (passkey) => (await passkeys()).ask(passkey),
    },
    address,
    version: __APP_VERSION__,
  })
  const app = createApp(App)
  app.use(await speaking)
  app.provide(TABLET, tablet)
  app.provide(SHELL, shell)
  app.mount('#app')
  // Only before a PIN was entered is nothing lost when the page loads anew.
  const mayApply = async (): Promise<boolean> => {
    const isFree = !tablet.isHeld() && !shell.holdsUnkept && (tablet.recorder?.current() ?? null) === null
    return isFree && (await tablet.state()) === 'locked'
  }
  const waits = (): void => {
    shell.state.updateWaits = true
  }
  void keepUpToDate(navigator.locks, mayApply, (listener) => tablet.subscribe(listener), waits)
  tablet.sync.start(ROUND_SECONDS)
}

/** What a person reads when no screen can stand yet: by code, German and English. */
const FAILURES: Readonly<Record<string, string>> = {
  'app.older':
    'Diese Ausgabe von Feldbuch ist älter als die, die hier schon lief. Bitte die Seite mit Netz neu laden. / This build of Feldbuch is older than the one used here before. Please load the page again with a network.',
  'browser.insecure':
    'Feldbuch braucht eine Adresse mit https. / Feldbuch needs an address with https.',
  'browser.too_old':
    'Dieser Browser ist zu alt für Feldbuch. Bitte aktualisieren. / This browser is too old for Feldbuch. Please update it.',
}
const NO_STORAGE =
  'Feldbuch kann den Speicher dieses Browsers nicht öffnen. / Feldbuch cannot open the storage of this browser.'

function sayFailure(error: unknown): void {
  const page = document.createElement('p')
  page.setAttribute('role', 'alert')
  page.textContent = (error instanceof TabletError ? FAILURES[error.code] : undefined) ?? NO_STORAGE
  document.querySelector('#app')?.replaceChildren(page)
}

start().catch(sayFailure)

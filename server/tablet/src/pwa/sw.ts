/// <reference lib="webworker" />
/* Keeps the whole app on the tablet, so that it opens and works without any network. */
import { clientsClaim } from 'workbox-core'
import { PrecacheController, PrecacheRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'

import { compareVersions } from './version'

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: { url: string; revision: string | null }[] }
declare const __APP_VERSION__: string

const VERSIONS = 'feldbuch-version'
const VERSION = '/tablet/version'

const controller = new PrecacheController()
controller.addToCacheList(self.__WB_MANIFEST)

/** An app build never gives way to an older one: a worker that finds a newer one before it does not install. */
async function refuseOlder(): Promise<void> {
  const before = await (await caches.open(VERSIONS)).match(VERSION)
  const version = await before?.text()
  if (version !== undefined && compareVersions(__APP_VERSION__, version) < 0) throw new Error('a newer build is installed')
}

async function noteVersion(): Promise<void> {
  await (await caches.open(VERSIONS)).put(VERSION, new Response(__APP_VERSION__))
}

/** Static routes, where the browser has them (Service Workers specification, "InstallEvent.addRoutes"). */
interface RoutedInstall extends ExtendableEvent {
  addRoutes?(rule: { condition: { urlPattern: URLPatternInit }; source: 'network' }): Promise<void>
}

self.addEventListener('install', (event: RoutedInstall) => {
  // Sync has no use for a worker. Started for it, an old one would also live on, and the new build waits for its end.
  const urlPattern = { protocol: '*', hostname: '*', port: '*', pathname: '/sync/*' }
  void event.addRoutes?.({ condition: { urlPattern }, source: 'network' }).catch(() => undefined)
  event.waitUntil(refuseOlder().then(() => controller.install(event)))
})

self.addEventListener('activate', (event) => {
  event.waitUntil(noteVersion().then(() => controller.activate(event)))
})

self.addEventListener('message', (event: ExtendableMessageEvent) => {
  const data: unknown = event.data
  if (typeof data === 'object' && data !== null && 'type' in data && data.type === 'SKIP_WAITING') void self.skipWaiting()
})

// The first visit already works without a network from then on.
clientsClaim()
registerRoute(new PrecacheRoute(controller))
registerRoute(new NavigationRoute(controller.createHandlerBoundToURL('index.html'), { allowlist: [/^\/tablet\//] }))

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import vue from '@vitejs/plugin-vue'
import { VitePWA } from 'vite-plugin-pwa'
import { defineConfig } from 'vitest/config'

/** The version of the application stands in one place, `server/version.py`. */
function appVersion(): string {
  const source = readFileSync(fileURLToPath(new URL('../version.py', import.meta.url)), 'utf8')
  const found = /__version__ = "([^"]+)"/.exec(source)?.[1]
  if (found === undefined) throw new Error('server/version.py names no version')
  return found
}

const define = {
  __APP_VERSION__: JSON.stringify(appVersion()),
  // What of Vue and its texts the app does not use stays out of the first paint.
  __VUE_OPTIONS_API__: 'false',
  __VUE_I18N_LEGACY_API__: 'false',
  __VUE_I18N_FULL_INSTALL__: 'false',
  __INTLIFY_PROD_DEVTOOLS__: 'false',
  // The texts bring functions of their own (`src/ui/message_functions.ts`).
  __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
}

export default defineConfig({
  base: '/tablet/',
  define,
  plugins: [
    vue(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: 'src/pwa',
      filename: 'sw.ts',
      injectRegister: null,
      registerType: 'prompt',
      // All files of the build are kept by the patterns below, these among them.
      includeManifestIcons: false,
      injectManifest: {
        globPatterns: ['**/*.{html,js,css,svg,png,woff2,wasm}'],
        // Everything is kept for use without a network, the form engine too.
        maximumFileSizeToCacheInBytes: 16 * 1024 * 1024,
      },
      manifest: {
        name: 'Feldbuch',
        short_name: 'Feldbuch',
        description: 'Interviews ohne Netz',
        lang: 'de',
        dir: 'ltr',
        start_url: '/tablet/',
        scope: '/tablet/',
        id: '/tablet/',
        display: 'standalone',
        background_color: '#ffffff',
        theme_color: '#1f4d3a',
        icons: [
          { src: 'icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: 'icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: 'icon-maskable-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
          { src: 'icon.svg', sizes: 'any', type: 'image/svg+xml' },
        ],
      },
    }),
  ],
  // Dexie's main entry is ES5 with all that old browsers lack; every browser that this app runs in has it.
  resolve: { alias: [{ find: /^dexie$/, replacement: 'dexie/dist/modern/dexie.mjs' }] },
  // The design tokens and marks are shared with the desk and lie beside this folder.
  server: { fs: { allow: ['.', '../static/design'] } },
  build: {
    outDir: '../static/dist',
    emptyOutDir: true,
    // Read by the test that weighs the first paint; not served, for it starts with a dot.
    manifest: true,
    target: 'es2022',
    sourcemap: false,
    // Every browser that this app runs in preloads modules by itself, or does well without.
    modulePreload: { polyfill: false },
    // No data: addresses for scripts or fonts; images stay files that the worker keeps.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2048,
  },
  test: {
    environment: 'node',
    include: ['src/**/*.test.ts'],
    setupFiles: ['fake-indexeddb/auto'],
    restoreMocks: true,
    unstubGlobals: true,
    // What hangs is told; a slow computer is not.
    testTimeout: 30_000,
  },
})

/**
 * The page of `feldbuch form preview`: the renderer of the tablet app in a build of its own, below the app's. The app's
 * build empties the folder and lists what its worker keeps before this one is there, so it never knows of it.
 */
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

export default defineConfig({
  plugins: [vue()],
  publicDir: false,
  build: {
    outDir: '../static/dist/preview',
    emptyOutDir: true,
    target: 'es2022',
    sourcemap: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2048,
    rolldownOptions: { input: 'preview.html' },
  },
})

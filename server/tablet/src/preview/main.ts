/** `feldbuch form preview`: the page around the tablet, and in its frame the tablet itself. */
import { createApp } from 'vue'
import '../../../static/design/tokens.css'
import '../ui/style/base.css'
import '../ui/style/controls.css'
import { interfaceI18n } from '../ui/i18n'

/** The preview keeps nothing, not even a choice of language. */
const NOTHING = { getItem: () => null }

async function start(): Promise<void> {
  const inFrame = location.pathname === '/frame'
  const { default: page } = inFrame ? await import('./PreviewFrame.vue') : await import('./PreviewPage.vue')
  createApp(page).use(await interfaceI18n(NOTHING, navigator.languages, true)).mount('#app')
}

void start()

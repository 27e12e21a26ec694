/** What the app says outside of interviews in one language: loaded when the language is chosen. */
import { app } from '../messages/en/app'
import { drafts } from '../messages/en/drafts'
import { handover } from '../messages/en/handover'
import { home } from '../messages/en/home'
import { lock } from '../messages/en/lock'
import { settings } from '../messages/en/settings'
import { storage } from '../messages/en/storage'
import { sync } from '../messages/en/sync'
import { training } from '../messages/en/training'
import { unlock } from '../messages/en/unlock'
import { whereabouts } from '../messages/en/whereabouts'

export { en as errors } from '../errors/en'

export const messages = {
  app,
  drafts,
  handover,
  home,
  lock,
  settings,
  storage,
  sync,
  training,
  unlock,
  whereabouts,
}

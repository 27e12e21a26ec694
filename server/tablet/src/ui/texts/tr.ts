/** What the app says outside of interviews in one language: loaded when the language is chosen. */
import { app } from '../messages/tr/app'
import { drafts } from '../messages/tr/drafts'
import { handover } from '../messages/tr/handover'
import { home } from '../messages/tr/home'
import { lock } from '../messages/tr/lock'
import { settings } from '../messages/tr/settings'
import { storage } from '../messages/tr/storage'
import { sync } from '../messages/tr/sync'
import { training } from '../messages/tr/training'
import { unlock } from '../messages/tr/unlock'
import { whereabouts } from '../messages/tr/whereabouts'

export { tr as errors } from '../errors/tr'

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

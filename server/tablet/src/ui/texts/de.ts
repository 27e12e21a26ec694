/** What the app says outside of interviews in one language: loaded when the language is chosen. */
import { app } from '../messages/de/app'
import { drafts } from '../messages/de/drafts'
import { handover } from '../messages/de/handover'
import { home } from '../messages/de/home'
import { lock } from '../messages/de/lock'
import { settings } from '../messages/de/settings'
import { storage } from '../messages/de/storage'
import { sync } from '../messages/de/sync'
import { training } from '../messages/de/training'
import { unlock } from '../messages/de/unlock'
import { whereabouts } from '../messages/de/whereabouts'

export { de as errors } from '../errors/de'

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

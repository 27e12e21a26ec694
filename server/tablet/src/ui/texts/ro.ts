/** What the app says outside of interviews in one language: loaded when the language is chosen. */
import { app } from '../messages/ro/app'
import { drafts } from '../messages/ro/drafts'
import { handover } from '../messages/ro/handover'
import { home } from '../messages/ro/home'
import { lock } from '../messages/ro/lock'
import { settings } from '../messages/ro/settings'
import { storage } from '../messages/ro/storage'
import { sync } from '../messages/ro/sync'
import { training } from '../messages/ro/training'
import { unlock } from '../messages/ro/unlock'
import { whereabouts } from '../messages/ro/whereabouts'

export { ro as errors } from '../errors/ro'

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

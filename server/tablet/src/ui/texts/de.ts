/** What unlocking and home say in one language: loaded when the language is chosen. The rest comes with interviews. */
import { app } from '../messages/de/app'
import { drafts } from '../messages/de/drafts'
import { home } from '../messages/de/home'
import { lock } from '../messages/de/lock'
import { storage } from '../messages/de/storage'
import { sync } from '../messages/de/sync'
import { training } from '../messages/de/training'
import { unlock } from '../messages/de/unlock'
import { whereabouts } from '../messages/de/whereabouts'

export { de as errors } from '../errors/de'

export const messages = {
  app,
  drafts,
  home,
  lock,
  storage,
  sync,
  training,
  unlock,
  whereabouts,
}

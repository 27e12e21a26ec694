/** What unlocking and home say in one language: loaded when the language is chosen. The rest comes with interviews. */
import { app } from '../messages/tr/app'
import { drafts } from '../messages/tr/drafts'
import { home } from '../messages/tr/home'
import { lock } from '../messages/tr/lock'
import { storage } from '../messages/tr/storage'
import { sync } from '../messages/tr/sync'
import { training } from '../messages/tr/training'
import { unlock } from '../messages/tr/unlock'
import { whereabouts } from '../messages/tr/whereabouts'

export { tr as errors } from '../errors/tr'

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

/** What unlocking and home say in one language: loaded when the language is chosen. The rest comes with interviews. */
import { app } from '../messages/ro/app'
import { drafts } from '../messages/ro/drafts'
import { home } from '../messages/ro/home'
import { lock } from '../messages/ro/lock'
import { storage } from '../messages/ro/storage'
import { sync } from '../messages/ro/sync'
import { training } from '../messages/ro/training'
import { unlock } from '../messages/ro/unlock'
import { whereabouts } from '../messages/ro/whereabouts'

export { ro as errors } from '../errors/ro'

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

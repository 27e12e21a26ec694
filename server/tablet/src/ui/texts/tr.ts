/** All that the app says in one language: loaded when the language is chosen. */
export { tr as messages } from '../messages/tr'
export { tr as errors } from '../errors/tr'

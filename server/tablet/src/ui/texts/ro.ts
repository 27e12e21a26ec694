/** All that the app says in one language: loaded when the language is chosen. */
export { ro as messages } from '../messages/ro'
export { ro as errors } from '../errors/ro'

/** All that the app says in one language: loaded when the language is chosen. */
export { bg as messages } from '../messages/bg'
export { bg as errors } from '../errors/bg'

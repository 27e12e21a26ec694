/** All that the app says in one language: loaded when the language is chosen. */
export { de as messages } from '../messages/de'
export { de as errors } from '../errors/de'

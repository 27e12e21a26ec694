/** All that the app says in one language: loaded when the language is chosen. */
export { en as messages } from '../messages/en'
export { en as errors } from '../errors/en'

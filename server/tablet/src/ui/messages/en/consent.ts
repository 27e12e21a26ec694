import type { Messages } from '../de'

export const consent: Messages['consent'] = {
  language: 'Which language shall we speak?',
  readAloud: 'Read aloud',
  stopReading: 'Stop reading',
  needed: 'Please ask for consent first. Without an answer there is no going on.',
  thanks: 'Thank you. We respect your decision and ask no further questions.',
  onlyRefusal: 'Only the refusal is recorded. Everything else is deleted.',
  refuse: 'Record the refusal',
  slip: 'Back, that was a slip',
}

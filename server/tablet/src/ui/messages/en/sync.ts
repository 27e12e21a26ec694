import type { Messages } from '../de'

export const sync: Messages['sync'] = {
  title: 'Sync',
  now: 'Sync now',
  idle: 'Ready',
  contacting: 'Looking for a connection …',
  delivering: 'Handing over interviews …',
  fetching: 'Fetching questionnaires and receipts …',
  never: 'Never connected yet',
  last: 'Last connected: {when}',
  lastPlace: 'with {place}',
  central: 'central',
  node: 'the field node {id}',
  alarm: 'Attention',
  waiting: 'What is not safe yet',
  clockAhead: 'The clock of this tablet is {time} fast. Please set date and time in the settings of the tablet.',
  clockBehind: 'The clock of this tablet is {time} slow. Please set date and time in the settings of the tablet; before that there may be no connection.',
  progress: '{parts} of {ofParts} parts delivered, {bytes} of {ofBytes}',
  sendAnyway: 'Send now all the same',
  metered: 'This connection is paid by volume. Answers are sent all the same; photos and recordings ({count} parts, {bytes}) wait for Wi-Fi.',
  weak: 'The connection is weak. Answers are sent all the same; photos and recordings ({count} parts, {bytes}) wait for a better one.',
}

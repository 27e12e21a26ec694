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
}

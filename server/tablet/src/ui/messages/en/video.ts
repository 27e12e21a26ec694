import type { Messages } from '../de'

export const video: Messages['video'] = {
  take: 'Record video',
  start: 'Start recording',
  stop: 'Stop recording',
  use: 'Use video',
  hint: 'At most {limit} minutes.',
  running: 'Recording: {time} of {limit}, {size}',
  done: '{time}, {size}',
  working: 'Keeping the video …',
}

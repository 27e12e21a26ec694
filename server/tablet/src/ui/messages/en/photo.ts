import type { Messages } from '../de'

export const photo: Messages['photo'] = {
  take: 'Take photo',
  choose: 'Choose picture',
  retake: 'Take again',
  use: 'Use photo',
  shutter: 'Take the photo',
  remove: 'Remove photo',
  working: 'Preparing the photo …',
  alt: 'Photo taken',
  stripped: 'Kept without place and device data.',
}

import type { Messages } from '../de'

export const photo: Messages['photo'] = {
  take: 'Take photo',
  choose: 'Choose picture',
  retake: 'Take again',
  remove: 'Remove photo',
  removeTitle: 'Remove this photo?',
  removeYes: 'Yes, remove',
  working: 'Preparing the photo …',
  alt: 'Photo taken',
  stripped: 'Kept without location and device data.',
}

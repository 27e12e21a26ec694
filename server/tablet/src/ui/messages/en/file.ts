import type { Messages } from '../de'

export const file: Messages['file'] = {
  audio: 'Choose sound recording',
  video: 'Choose video',
  file: 'Choose file',
  replace: 'Choose another',
  remove: 'Remove',
  removeTitle: 'Remove this file?',
  attached: 'Attached: {size}',
}

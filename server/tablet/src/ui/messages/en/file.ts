import type { Messages } from '../de'

export const file: Messages['file'] = {
  audio: 'Choose recording',
  video: 'Choose video',
  file: 'Choose file',
  replace: 'Choose another',
  remove: 'Remove',
  removed: 'Removed.',
  attached: 'Attached: {size}',
}

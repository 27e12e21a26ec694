import type { Messages } from '../de'

export const question: Messages['question'] = {
  more: 'More about this',
  required: 'Answer needed',
  missing: 'The answer is still missing here.',
  invalid: 'This answer does not fit. Please check it.',
  wholeNumber: 'A whole number please, digits only.',
  number: 'A number please, for example 12.5.',
  many: 'Several answers possible',
  clear: 'Clear answer',
  search: 'Search in the list',
  noMatch: 'Nothing found.',
  notAnswered: 'no answer yet',
  done: 'Done',
  rank: 'Tap the answers in the order you want.',
  rankUp: 'Up: {label}',
  rankDown: 'Down: {label}',
  barcode: 'Type the code',
  unrendered: 'The app cannot show this question yet.',
  unrenderedHint: 'Write the answer on paper and tell the project office. The question is of the type “{type}”.',
}

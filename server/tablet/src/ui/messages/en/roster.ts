import type { Messages } from '../de'

export const roster: Messages['roster'] = {
  entry: '{label} {number}',
  unnamed: 'Entry',
  empty: 'Nothing entered yet. Add each person or entry one by one.',
  add: 'Add',
  addNamed: 'Add: {label}',
  edit: 'Edit',
  remove: 'Remove',
  done: 'Done, back to the list',
  missing: '{count} answer missing | {count} answers missing',
  count: '{count} entered',
  controlled: 'How many there are follows from another answer.',
  removed: '“{label}” is removed.',
  undo: 'Undo',
  undone: '“{label}” is back.',
}

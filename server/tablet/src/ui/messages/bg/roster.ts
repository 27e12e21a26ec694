import type { Messages } from '../de'

export const roster: Messages['roster'] = {
  entry: '{label} {number}',
  unnamed: 'Запис',
  empty: 'Още няма въведени записи. Добавете всяко лице или всеки запис поотделно.',
  add: 'Добави',
  addNamed: 'Добави: {label}',
  edit: 'Редактирай',
  remove: 'Премахни',
  done: 'Готово, обратно към списъка',
  missing: 'липсва {count} отговор | липсват {count} отговора',
  count: 'въведени: {count}',
  controlled: 'Броят следва от друг отговор.',
  removed: '„{label}“ е премахнато.',
  undo: 'Върни',
  undone: '„{label}“ е върнато.',
}

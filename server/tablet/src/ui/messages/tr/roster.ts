import type { Messages } from '../de'

export const roster: Messages['roster'] = {
  entry: '{label} {number}',
  unnamed: 'Kayıt',
  empty: 'Henüz bir şey girilmedi. Her kişiyi veya kaydı tek tek ekleyin.',
  add: 'Ekle',
  addNamed: '{label} ekle',
  edit: 'Düzenle',
  remove: 'Kaldır',
  done: 'Tamam, listeye dön',
  missing: '{count} cevap eksik | {count} cevap eksik',
  count: '{count} kayıt girildi',
  controlled: 'Kaç tane olduğu başka bir cevaptan belli olur.',
  removed: '“{label}” kaldırıldı.',
  undo: 'Geri al',
  undone: '“{label}” geri geldi.',
}

import type { Messages } from '../de'

export const storage: Messages['storage'] = {
  title: 'Depolama',
  left: '{quota} içinden {left} boş',
  persisted: 'Tarayıcı verileri saklıyor.',
  notPersisted: 'Tarayıcı verileri saklayacağına söz vermedi.',
  ask: 'Yeniden sor',
  low: 'Depolama alanı azalıyor. Yakında eşitleyin.',
}

import type { Messages } from '../de'

export const storage: Messages['storage'] = {
  title: 'Depolama',
  left: '{quota} içinden {left} boş',
  persistedNo:
    'Tarayıcı verileri saklayacağına söz vermedi. Feldbuch’u ana ekrana ekleyin (menü, “Uygulamayı yükle”) ve oradan açın.',
  persisted: 'Tarayıcı verileri saklıyor.',
  notPersisted: 'Tarayıcı verileri saklayacağına söz vermedi.',
  ask: 'Yeniden sor',
  low: 'Depolama alanı azalıyor. Yakında eşitleyin.',
  hours: 'Yaklaşık {hours} saatlik kayda daha yeter.',
  tight: 'İki saatlik bir kayıt için yer yetmiyor. Eşitleyin ve ihtiyacınız olmayan uygulamaları ve fotoğrafları silin.',
  offlineReady: 'İstediğiniz zaman ağ olmadan çalışabilirsiniz.',
  offlineNotYet: 'Ağsız çalışmaya henüz hazır değil. Uygulamayı ağa bağlıyken kısa bir süre açık bırakın.',
  updateWaits: 'Yeni bir Feldbuch sürümü var. Kilitlediğinizde devreye girer; başladıklarınız kalır.',
}

import type { Messages } from '../de'

export const consent: Messages['consent'] = {
  language: 'Hangi dilde konuşalım?',
  readAloud: 'Sesli oku',
  stopReading: 'Okumayı durdur',
  needed: 'Lütfen önce onay isteyin. Yanıt olmadan devam edilemez.',
  thanks: 'Teşekkür ederiz. Kararınıza saygı duyuyoruz ve başka soru sormuyoruz.',
  onlyRefusal: 'Yalnızca reddedildiği kaydedilir. Diğer her şey silinir.',
  refuse: 'Reddi kaydet',
  slip: 'Geri dön, yanlışlıkla oldu',
}

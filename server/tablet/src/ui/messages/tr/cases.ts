export const cases = {
  title: 'Vakalarım',
  count: '{count} vaka | {count} vaka',
  countOverdue: '{count} gecikmiş | {count} gecikmiş',
  none: 'Şu anda size atanmış bir vaka yok.',
  search: 'Vaka arayın',
  noneFound: '“{text}” ile eşleşen vaka yok.',
  more: '{count} vaka daha gösterin | {count} vaka daha gösterin',
  overdue: 'Gecikti: son gün {day} idi',
  today: 'Son gün bugün',
  due: 'Son gün: {day}',
  done: 'Bu tablette {count} görüşme tamamlandı | Bu tablette {count} görüşme tamamlandı',
  begin: 'Başlayın: {form}',
  beginTraining: 'Alıştırmaya başlayın: {form}',
  resume: 'Devam edin: {form}',
  lacking: '“{form}” soru formu henüz bu tablette değil. Ağ varken “Şimdi eşitle” düğmesine dokunun.',
  unreadable:
    'Vaka listeniz açılamıyor. Ağ olduğunda eşitleyin. Sorun sürerse kodu proje yönetimine bildirin.',
}

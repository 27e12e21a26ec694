import type { Messages } from '../de'

export const ending: Messages['ending'] = {
  open: 'Görüşmeyi yarıda kes',
  title: 'Görüşmeyi yarıda kes',
  text: 'Şimdiye kadar yanıtlananlar eksik görüşme olarak mühürlenir. Eksik yanıtlar engel değildir.',
  why: 'Neden şimdi bitiyor?',
  reasons: {
    no_time: 'Zaman kalmadı',
    tired: 'Çok yorgun ya da bitkin',
    disturbed: 'Rahatsız edildik',
    refused_further: 'Devam etmek istemiyor',
    other: 'Başka bir neden',
  },
  submit: 'Kes ve mühürle',
  back: 'Yine de devam et',
  later: 'Daha sonra devam et',
  done: {
    complete: {
      title: 'Mühürlendi',
      text: 'Görüşme tamamlandı. Bu tablette artık kimse okuyamaz.',
    },
    partial: {
      title: 'Eksik olarak mühürlendi',
      text: 'Görüşme yarıda kesildi; yanıtlananlar mühürlendi. Bu tablette artık kimse okuyamaz.',
    },
    refused: {
      title: 'Ret kaydedildi',
      text: 'Yalnızca ret mühürlendi. Diğer her şey silindi.',
    },
  },
}

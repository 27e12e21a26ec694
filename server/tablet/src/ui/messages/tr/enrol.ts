import type { Messages } from '../de'

export const enrol: Messages['enrol'] = {
  title: 'Bu tableti kaydedin',
  lead: 'Böylece tablet bir araştırmaya ait olur. Sonra internet olmadan da çalışır.',
  study: 'Araştırma',
  site: 'Yer',
  interviewer: 'Görüşmeci kodu',
  central: 'Merkez',
  check: 'Bunlar doğru değilse devam etmeyin, proje yönetimine sorun.',
  pin: 'Yeni PIN',
  pinHint: 'En az 6 rakam. Uygulamayı her açışınızda PIN gerekir.',
  pinRepeat: 'PIN bir kez daha',
  pinShort: 'PIN henüz 6 rakam değil.',
  pinDigits: 'PIN yalnızca rakamlardan oluşur.',
  pinSimple: 'Bu PIN çok kolay tahmin edilir. Rakamları karıştırın.',
  pinDiffers: 'İki PIN birbirinden farklı.',
  submit: 'Tableti kaydet',
  working: 'Tablet anahtarlarını oluşturuyor ve kaydoluyor. Bu biraz sürer …',
  done: 'Tablet kaydedildi.',
  persistedYes: 'Tarayıcı bu tabletin verilerini silmeyeceğine söz verdi.',
  persistedNo:
    'Tarayıcı verileri saklayacağına söz vermedi. Feldbuch’u ana ekrana ekleyin (menü, “Uygulamayı yükle”) ve oradan açın.',
  begin: 'Ana sayfaya',
  noLinkTitle: 'Bu tablet henüz kayıtlı değil',
  noLink: 'Proje yönetiminden aldığınız kayıt bağlantısını bu tablette açın. Ya da buraya yapıştırın:',
  link: 'Kayıt bağlantısı',
  useLink: 'Bağlantıyı kontrol et',
}

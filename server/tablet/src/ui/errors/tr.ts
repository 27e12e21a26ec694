import type { ErrorTexts } from './de'

export const tr: ErrorTexts = {
  unexpected: {
    text: 'Beklenmeyen bir şey oldu.',
    remedy: 'Bir kez daha deneyin. Yine olursa kodu proje yönetimine bildirin.',
  },
  'network.unreachable': {
    text: 'Ne saha bilgisayarı ne de merkez cevap veriyor.',
    remedy: 'Wi-Fi bağlantısını kontrol edin. İnternet olmadan da görüşme yapabilirsiniz.',
  },
  'network.clock': {
    text: 'Tabletin saati çok yanlış, bu yüzden güvenli bağlantı kurulamıyor.',
    remedy: 'Tabletin ayarlarından tarih ve saati düzeltin.',
  },
  'enrolment.link.malformed': {
    text: 'Kayıt bağlantısı eksik veya değiştirilmiş.',
    remedy: 'Bağlantıyı aldığınız gibi bir kez daha açın ya da yenisini isteyin.',
  },
  'enrolment.token.unknown': {
    text: 'Merkez bu kayıt bağlantısını tanımıyor.',
    remedy: 'Proje yönetiminden yeni bir bağlantı isteyin.',
  },
  'enrolment.token.expired': {
    text: 'Kayıt bağlantısının süresi dolmuş.',
    remedy: 'Proje yönetiminden yeni bir bağlantı isteyin.',
  },
  'enrolment.token.used_up': {
    text: 'Bu bağlantıyla öngörülen tabletlerin hepsi zaten kaydedildi.',
    remedy: 'Proje yönetiminden yeni bir bağlantı isteyin.',
  },
  'enrolment.study': {
    text: 'Kayıt bağlantısı, merkezdekinden başka bir araştırmaya ait.',
    remedy: 'Proje yönetiminden doğru bağlantıyı isteyin.',
  },
  'enrolment.key': {
    text: 'Merkez, kayıt bağlantısındakinden başka bir anahtar gösteriyor.',
    remedy: 'Tableti kaydetmeyin. Proje yönetimini arayın.',
  },
  'passphrase.wrong': {
    text: 'Parola yanlış.',
    remedy: 'Bir kez daha deneyin.',
  },
  'passphrase.malformed': {
    text: 'Parola çok kısa.',
    remedy: 'En az {least} karakter kullanın.',
  },
  'recovery.malformed': {
    text: 'Kod eksik ya da yanlış yazılmış.',
    remedy: 'Size söylenenle grup grup karşılaştırın.',
  },
  'recovery.wrong': {
    text: 'Bu kod bu tablet ve bu kişi için değil ya da daha önce kullanılmış.',
    remedy: 'Proje yönetimini arayın ve en yeni kodu isteyin.',
  },
  'interviewer.unknown': {
    text: 'Bu kişi tablette kayıtlı değil.',
    remedy: 'Başka birini seçin ya da kişiyi bir kayıt bağlantısıyla kaydedin.',
  },
  'enrolment.other': {
    text: 'Bağlantı, bu tabletinkinden başka bir araştırmaya, yere ya da merkeze ait.',
    remedy: 'Proje yönetiminden bu tablet için bir bağlantı isteyin.',
  },
  'enrolment.site': {
    text: 'Kayıt bağlantısı bu tabletinkinden başka bir yer için.',
    remedy: 'Proje yönetiminden bu tablet için bir bağlantı isteyin.',
  },
  'pin.wrong': { text: 'PIN yanlış.', remedy: 'Bir kez daha deneyin.' },
  'pin.wait': {
    text: 'Çok fazla yanlış deneme.',
    remedy: '{seconds} saniye bekleyin, sonra devam edebilirsiniz.',
  },
  'passkey.not_made': {
    text: 'Parmak izi veya yüzle ek koruma ayarlanmadı.',
    remedy: 'Bir kez daha deneyin veya onsuz devam edin. Daha sonra ayarlardan da yapabilirsiniz.',
  },
  'passkey.unrecoverable': {
    text: 'Parmak izi veya yüzle ek koruma ayarlanmadı. Henüz onun yerini tutacak bir kod yok.',
    remedy: 'Onsuz devam edin. Daha sonra ayarlardan da yapabilirsiniz.',
  },
  'passkey.refused': {
    text: 'Tablet parmağı, yüzü veya ekran kilidini doğrulamadı.',
    remedy: 'Bir kez daha deneyin. Artık olmuyorsa proje yönetiminden bir kod isteyin („unuttunuz mu?“): Hiçbir şey kaybolmaz.',
  },
  'form.unknown': {
    text: 'Bu soru formu tablette yok.',
    remedy: 'Tableti ağa bağlayın ve eşitleyin.',
  },
  'form.unreadable': {
    text: 'Bu soru formu açılamıyor. Diğerleri bundan etkilenmez.',
    remedy: 'Proje yönetimine soru formunu ve şu nedeni bildirin: {reason}',
  },
  'recording.running': {
    text: 'Zaten bir kayıt sürüyor.',
    remedy: 'Önce süren kaydı bitirin.',
  },
  'recording.unsupported': {
    text: 'Bu tarayıcı ses kaydedemiyor.',
    remedy: 'Başka bir cihazla kaydedin ve dosyayı ekleyin.',
  },
  'recording.room': {
    text: 'Bu kayıt için yer yetmiyor: {minutes} dakika sığar.',
    remedy: 'Tamamlananların tabletten ayrılabilmesi için eşitleyin veya daha kısa kaydedin.',
  },
  'recording.elsewhere': {
    text: 'Bu kayıt başka bir pencerede sürüyor.',
    remedy: 'Diğer Feldbuch penceresini kapatın.',
  },
  'microphone.denied': {
    text: 'Feldbuch mikrofonu kullanamıyor.',
    remedy: 'Tarayıcı ayarlarında bu sayfa için izin verin ve yeniden deneyin.',
  },
  'microphone.absent': {
    text: 'Mikrofon yok.',
    remedy: 'Takılı olup olmadığını kontrol edin veya başka bir cihazla kaydedin.',
  },
  'microphone.busy': {
    text: 'Mikrofon açılamıyor.',
    remedy: 'Kayıt yapan veya arama yapan diğer uygulamaları kapatın ve yeniden deneyin.',
  },
  'draft.unknown': {
    text: 'Başlanan bu görüşme artık yok.',
    remedy: 'Ana sayfaya dönün.',
  },
  'draft.version': {
    text: 'Başlanan bu görüşme, soru formunun başka bir sürümüne ait.',
    remedy: 'Görüşme saklanır. Proje yönetimine sorun.',
  },
  'draft.sealed': {
    text: 'Başlanan bu görüşme açılmıyor. Diğerleri bundan etkilenmez.',
    remedy: 'Olduğu gibi saklanır. Proje yönetimini arayın ve kodu söyleyin.',
  },
  'draft.malformed': {
    text: 'Başlanan bu görüşme hasarlı. Diğerleri bundan etkilenmez.',
    remedy: 'Olduğu gibi saklanır. Proje yönetimini arayın ve kodu söyleyin.',
  },
  'draft.unreadable': {
    text: 'Başlanan bu görüşme okunamıyor.',
    remedy: 'Görüşme saklanır. Silmeden önce proje yönetimine sorun.',
  },
  'storage.full': {
    text: 'Tabletin depolama alanı dolu.',
    remedy: 'Eşitleyin ya da gerekmeyen fotoğrafları ve uygulamaları silin. Feldbuch’u kapatmayın.',
  },
  'storage.broken': {
    text: 'Tablet kaydedemedi.',
    remedy: 'Sayfayı açık bırakın ve bir kez daha deneyin.',
  },
  'intake_key.missing': {
    text: 'Mühürlemek için tablette araştırmanın bir anahtarı eksik.',
    remedy: 'Görüşme yarım olarak kalır. Tableti ağa bağlayın, eşitleyin ve sonra görüşmeyi bitirin.',
  },
  'photo.unreadable': {
    text: 'Tablet bu resmi okuyamıyor.',
    remedy: 'Yeni bir fotoğraf çekin.',
  },
  'attachment.unknown': {
    text: 'Bu görüşmenin bir fotoğrafı veya dosyası artık yok.',
    remedy: 'Yeniden çekin ya da kaldırın.',
  },
  'draft.elsewhere': {
    text: 'Bu görüşmeye bu arada başka bir pencerede devam edildi.',
    remedy: 'Burada ara verin ve yeniden açın. Diğer penceredeki cevaplar kaydedildi.',
  },
  'pin.malformed': { text: 'PIN en az 6 rakamdan oluşur.', remedy: 'Yalnızca rakam girin.' },
  'tablet.locked': { text: 'Tablet kilitli.', remedy: 'PIN kodunuzu girin.' },
  'tablet.new': { text: 'Bu tablet henüz kayıtlı değil.', remedy: 'Kayıt bağlantısını açın.' },
  'enrolment.already': {
    text: 'Bu tablet zaten kayıtlı.',
    remedy: 'PIN kodunuzla açın.',
  },
  'enrolment.answer': {
    text: 'Merkezin kayıt için verdiği cevap gerçek değil veya eksik.',
    remedy: 'Bir kez daha deneyin. Yine olursa proje yönetimini arayın.',
  },
  'storage.lost': {
    text: 'Tarayıcı verilerin bir kısmını sildi.',
    remedy: 'Çalışmayı bırakın ve proje yönetimini arayın.',
  },
  'instance.exists': {
    text: 'Bu görüşme zaten tamamlandı.',
    remedy: 'Ana sayfaya dönün. Görüşmeyi oradaki listede bulursunuz.',
  },
  'sync.failed': {
    text: 'Eşitleme yarıda kaldı.',
    remedy: 'Bir kez daha deneyin. Mühürlenen görüşmeler tablette kalır.',
  },
  'device.revoked': {
    text: 'Bu tabletin araştırmadaki kaydı silindi.',
    remedy: 'Mühürlenen görüşmeler yine de teslim edilir. Proje yönetimini arayın.',
  },
  'feed.broken': {
    text: 'Tabletin merkezden aldıkları gerçek değil veya eksik. Hiçbiri kullanılmadı.',
    remedy: 'Proje yönetimini arayın. Görüşmelere devam edebilirsiniz.',
  },
  'sync.pause': { text: 'Karşı taraf ara vermek istiyor.', remedy: 'Kendiliğinden devam eder.' },
  'place.full': {
    text: 'Saha bilgisayarında veya merkezde yer kalmadı.',
    remedy: 'Görüşmeler bu tablette güvende kalır. Lütfen proje yönetimine haber verin.',
  },
  'item.aside': { text: 'Bu bölümü kenara ayırdınız.', remedy: 'Tablette mühürlü olarak kalır. “Yeniden dene” ile diğerleriyle birlikte yine yola çıkar.' },
  'item.gone': { text: 'Merkezde bu bölüm artık yok, burada da silindi.', remedy: 'Lütfen proje yönetimine haber verin.' },
  'handover.nothing': { text: 'Teslim edilecek bir şey yok.', remedy: 'Her şey merkezde güvenle saklanıyor.' },
  'handover.failed': { text: 'Dosya yazılamadı.', remedy: 'Tablette hiçbir şey kaybolmadı. Yer açın ya da başka bir yer seçin ve yeniden deneyin.' },
  'sync.refused': {
    text: 'Mühürlü bir görüşme kabul edilmedi. Tablet kendi kopyasını saklıyor.',
    remedy: 'Kodu proje yönetimine bildirin.',
  },
  envelope: {
    text: 'Mühürlü bir görüşme yolda bozuldu. Tablet kendi kopyasını saklıyor.',
    remedy: 'Kodu proje yönetimine bildirin.',
  },
  'camera.denied': {
    text: 'Feldbuch kamerayı kullanamıyor.',
    remedy: 'Tarayıcının ayarlarında bu uygulama için kameraya ve mikrofona izin verin. Sonra yeniden deneyin.',
  },
  'camera.absent': {
    text: 'Tablette kullanılabilir kamera yok.',
    remedy: 'Devam edin ve sonra cevaplayın ya da soru izin veriyorsa bir dosya seçin.',
  },
  'camera.busy': {
    text: 'Kamera cevap vermiyor.',
    remedy: 'Kamerayı kullanan diğer uygulamaları kapatın. Sonra yeniden deneyin.',
  },
  'video.failed': {
    text: 'Hiçbir şey kaydedilmedi.',
    remedy: 'Kaydı bir kez daha başlatın.',
  },
  'file.large': {
    text: 'Bu dosya çok büyük: en fazla {limit} MB.',
    remedy: 'Daha küçük bir dosya seçin.',
  },
  'file.empty': {
    text: 'Bu dosya boş.',
    remedy: 'Başka bir dosya seçin.',
  },
  'position.denied': {
    text: 'Feldbuch konumu kullanamıyor.',
    remedy: 'Tarayıcı ayarlarında bu uygulama için konuma izin verin ya da koordinatları girin.',
  },
  'position.unavailable': {
    text: 'Tablet konumunu henüz bulamıyor.',
    remedy: 'Tabletin konum özelliğini açın, açık havaya çıkın ve bekleyin. Koordinatları elle de girebilirsiniz.',
  },
}

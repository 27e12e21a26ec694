import type { Messages } from '../de'

export const install: Messages['install'] = {
  title: 'Ana ekrana yerleştirin',
  why: 'Ana ekrandan açıldığında tablet verileri daha güvenilir saklar.',
  button: 'Feldbuch’u yükleyin',
  done: 'Feldbuch ana ekrandan uygulama olarak çalışıyor.',
  android: 'Chrome ile Android',
  android1: 'Sağ üstteki üç noktaya dokunun.',
  android2: '“Uygulamayı yükle” veya “Ana ekrana ekle” seçeneğini seçin.',
  ipad: 'Safari ile iPad',
  ipad1: 'Paylaşma işaretine, yukarı oklu kareye dokunun.',
  ipad2: '“Ana Ekrana Ekle” seçeneğini seçin.',
  last: 'Bundan sonra Feldbuch’u ana ekrandaki işaretinden açın.',
  ipadFirst: 'iPad’de önce ana ekrana ekleyin, sonra orada kaydedin: Safari ile ana ekrandaki uygulama veri paylaşmaz. Bunun için kayıt bağlantısını kopyalayın.',
}

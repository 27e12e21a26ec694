import type { Messages } from '../de'

export const settings: Messages['settings'] = {
  title: 'Настройки',
  done: 'Готово',
  textSize: 'Размер на текста',
  sizeNormal: 'Нормален',
  sizeLarger: 'По-голям',
  sizeLarge: 'Голям',
  sizeLargest: 'Много голям',
  brightness: 'Яркост',
  contrast: 'Контраст',
  likeDevice: 'Като на таблета',
  light: 'Светло',
  dark: 'Тъмно',
  high: 'Силен',
  sunHint: 'На слънце помага „Светло“ със силен контраст.',
  lock: 'Заключва се само',
  lockMinutes: 'след {count} мин.',
  lockHint: 'Толкова време след последното докосване. Проучването позволява най-много {most} минути.',
  about: 'Този таблет',
  version: 'Feldbuch, версия {version}',
  device: 'Код на устройството {id}',
}

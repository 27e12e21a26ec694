/** Lengths, areas and degrees in the language of the interface. */
import { useI18n } from 'vue-i18n'
import type { Point } from './format'

export interface Measures {
  readonly metres: (value: number) => string
  readonly area: (value: number) => string
  /** Latitude and longitude with the letters of the sides. */
  readonly degrees: (point: Point) => string
}

const DIGITS = 6

export function useMeasures(): Measures {
  const { t, locale } = useI18n()
  const unit = (value: number, name: string): string => {
    const maximumFractionDigits = value < 10 ? 1 : 0
    return new Intl.NumberFormat(locale.value, { style: 'unit', unit: name, maximumFractionDigits }).format(value)
  }
  const number = (value: number, digits: number): string =>
    new Intl.NumberFormat(locale.value, { maximumFractionDigits: digits, minimumFractionDigits: digits }).format(value)
  return {
    metres: (value) => (value < 1000 ? unit(value, 'meter') : unit(value / 1000, 'kilometer')),
    area: (value) => {
      if (value < 10_000) return `${number(value, 0)} m²`
      return value < 1_000_000 ? unit(value / 10_000, 'hectare') : `${number(value / 1_000_000, 1)} km²`
    },
    degrees: ({ latitude, longitude }) => {
      const north = t(latitude < 0 ? 'place.south' : 'place.north')
      const east = t(longitude < 0 ? 'place.west' : 'place.east')
      return `${number(Math.abs(latitude), DIGITS)}° ${north}, ${number(Math.abs(longitude), DIGITS)}° ${east}`
    },
  }
}

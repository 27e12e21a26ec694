/** Calendars that XLSForm names and the app does not show, by appearance and the name of their text. */
const FOREIGN: Readonly<Record<string, string>> = {
  ethiopian: 'ethiopian',
  coptic: 'coptic',
  islamic: 'islamic',
  'bikram-sambat': 'bikramSambat',
  myanmar: 'myanmar',
  persian: 'persian',
}

/** The calendar that the form asks for and does not get, or null. */
export function foreignCalendar(appearances: ReadonlySet<string>): string | null {
  for (const each of appearances) if (FOREIGN[each] !== undefined) return FOREIGN[each]
  return null
}

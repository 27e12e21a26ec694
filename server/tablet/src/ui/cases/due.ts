/** How urgent a case is, by the tablet's own day. */

export type Urgency = 'overdue' | 'today' | 'later' | 'none'

/** `due`: `YYYY-MM-DD` or null. */
export function urgency(due: string | null, now: Date): Urgency {
  if (due === null) return 'none'
  const today = dayOf(now)
  if (due === today) return 'today'
  return due < today ? 'overdue' : 'later'
}

/** "1 December", with the year where it is another one. */
export function dayText(due: string, language: string, now: Date): string {
  const [year = 0, month = 1, day = 1] = due.split('-').map(Number)
  const options = { day: 'numeric', month: 'long', ...(year === now.getFullYear() ? {} : { year: 'numeric' as const }) } as const
  return new Intl.DateTimeFormat(language, options).format(new Date(year, month - 1, day))
}

function dayOf(now: Date): string {
  const [month, day] = [now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0'))
  return `${now.getFullYear()}-${month}-${day}`
}

export const cases = {
  title: 'Meine Fälle',
  count: '{count} Fall | {count} Fälle',
  countOverdue: '{count} überfällig | {count} überfällig',
  none: 'Im Moment ist Ihnen kein Fall zugewiesen.',
  search: 'Fall suchen',
  noneFound: 'Kein Fall passt zu „{text}“.',
  more: '{count} weiteren Fall zeigen | {count} weitere Fälle zeigen',
  overdue: 'Überfällig: Frist war der {day}',
  today: 'Heute fällig',
  due: 'Fällig bis {day}',
  done: '{count} Interview hier abgeschlossen | {count} Interviews hier abgeschlossen',
  begin: 'Beginnen: {form}',
  beginTraining: 'Übung beginnen: {form}',
  resume: 'Weiter: {form}',
  lacking: 'Der Fragebogen „{form}“ fehlt noch auf diesem Tablet. Tippen Sie mit Netz auf „Jetzt abgleichen“.',
  unreadable:
    'Die Liste Ihrer Fälle lässt sich nicht öffnen. Gleichen Sie ab, wenn Netz da ist. Bleibt es dabei, nennen Sie der Projektleitung die Kennung.',
}

export const training = {
  title: 'Übungsmodus',
  explain: 'Zum Ausprobieren: Sie führen ein Interview wie sonst auch, aber es zählt nirgends mit.',
  start: 'Übungsmodus einschalten',
  end: 'Übungsmodus beenden',
  banner: 'Übungsmodus',
  bannerText: 'Was Sie jetzt beginnen, wird als Übung gekennzeichnet und zählt nicht.',
  mark: 'Übung',
  begin: 'Übung beginnen',
  interview: 'Übung: zählt nicht',
}

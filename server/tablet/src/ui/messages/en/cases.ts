export const cases = {
  title: 'My cases',
  count: '{count} case | {count} cases',
  countOverdue: '{count} overdue | {count} overdue',
  none: 'No case is assigned to you at the moment.',
  search: 'Find a case',
  noneFound: 'No case matches “{text}”.',
  more: 'Show {count} more case | Show {count} more cases',
  overdue: 'Overdue: it was due by {day}',
  today: 'Due today',
  due: 'Due by {day}',
  done: '{count} interview finished here | {count} interviews finished here',
  begin: 'Begin: {form}',
  beginTraining: 'Begin training: {form}',
  resume: 'Continue: {form}',
  lacking: 'The questionnaire “{form}” is not on this tablet yet. When you have a network, tap “Sync now”.',
  unreadable:
    'The list of your cases cannot be opened. Sync when there is a network. If it stays so, tell the project office the code.',
}

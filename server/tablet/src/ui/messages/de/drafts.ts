export const drafts = {
  setAside: 'Beiseitegelegt',
  again: 'Noch einmal versuchen',
}

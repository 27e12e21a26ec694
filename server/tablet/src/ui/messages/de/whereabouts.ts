export const whereabouts = {
  tablet: 'Auf diesem Tablet',
  node: 'Beim Feldrechner',
  central: 'In der Zentrale',
  safe: 'Sicher verwahrt',
  quarantined: 'Zurückgestellt in der Zentrale',
  conflict: 'Doppelt vorhanden, beide behalten',
  set_aside: 'Beiseitegelegt auf diesem Tablet',
}

// Runs before the first paint, so that a chosen theme does not flash. `src/shell/theme.ts` writes what is read here.
try {
  const theme = localStorage.getItem('feast-theme')
  const density = localStorage.getItem('feast-density')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
  if (density === 'comfortable') document.documentElement.dataset.density = density
} catch {
  // Storage may be closed in a foreign frame: the system's theme it is.
}

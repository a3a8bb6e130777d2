// System fonts: the default ones would come from another server.
const sans = 'system-ui, sans-serif'
Redoc.init('/openapi.json', {
  hideDownloadButton: false,
  theme: {
    typography: {
      fontFamily: sans,
      headings: { fontFamily: sans },
      code: { fontFamily: 'ui-monospace, monospace' },
    },
  },
}, document.getElementById('redoc'))

// Tells the person, not only the console, when the browser could not use a passkey.
document.addEventListener('allauth.error', (event) => {
  event.preventDefault()
  const place = document.querySelector('[data-passkey-error]')
  if (!place) return
  const cancelled = event.detail?.exception?.name === 'NotAllowedError'
  place.querySelector('[data-cancelled]').hidden = !cancelled
  place.querySelector('[data-failed]').hidden = cancelled
  place.hidden = false
})

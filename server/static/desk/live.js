// Fetches the ledger again every few seconds while the page is seen, and says so when the server does not answer.
'use strict';

(() => {
  const place = document.getElementById('ledger');
  const every = Number(place.dataset.every) * 1000;
  let tag = null;

  function say(text) {
    let note = document.getElementById('stale');
    if (!text) {
      note?.remove();
      return;
    }
    if (!note) {
      note = document.createElement('p');
      note.id = 'stale';
      note.className = 'notice alarm';
      note.setAttribute('role', 'status');
      place.before(note);
    }
    note.textContent = text;
  }

  // A table under somebody's cursor, selection or focus stays as it is until they are done.
  function inUse() {
    const chosen = document.getSelection();
    const selecting = chosen && !chosen.isCollapsed && place.contains(chosen.anchorNode);
    return selecting || place.contains(document.activeElement);
  }

  async function refresh() {
    if (document.hidden || inUse()) return;
    let answer;
    try {
      answer = await fetch(place.dataset.live, {
        headers: tag ? { 'If-None-Match': tag } : {},
        redirect: 'manual',
        cache: 'no-store',
      });
    } catch {
      say(place.dataset.stale);
      return;
    }
    if (answer.type === 'opaqueredirect') {
      location.reload();
    } else if (answer.status === 304) {
      say('');
    } else if (answer.ok) {
      tag = answer.headers.get('ETag');
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      place.replaceChildren(...fresh.body.childNodes);
      say('');
    } else {
      say(place.dataset.stale);
    }
  }

  setInterval(refresh, every);
  document.addEventListener('visibilitychange', refresh);
})();

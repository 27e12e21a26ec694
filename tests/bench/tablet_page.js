/* Runs in the app's own page: what the app does after a touch, and what the engine alone does, up to the paint. */
;(() => {
  /** Resolves when what stands in the document now was painted: in a task after the next frame's own work. */
  const painted = () =>
    new Promise((resolve) => {
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel()
        port1.onmessage = () => resolve(performance.now())
        port2.postMessage(null)
      })
    })

  /** Resolves as soon as `found` gives something. */
  const seen = (found) =>
    new Promise((resolve) => {
      if (found()) return resolve()
      const observer = new MutationObserver(() => {
        if (!found()) return
        observer.disconnect()
        resolve()
      })
      observer.observe(document.body, { subtree: true, childList: true, attributes: true })
    })

  const rest = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

  /** A quiet page, whose frames are in step: what was measured before does not reach into what comes. */
  const quiet = async () => {
    await rest(150)
    await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 2000 }))
    await painted()
  }

  const store = {}

  const read = (table, work) =>
    new Promise((resolve, reject) => {
      const opening = indexedDB.open('feldbuch')
      opening.onerror = () => reject(opening.error)
      opening.onsuccess = () => {
        const request = work(opening.result.transaction(table).objectStore(table))
        request.onerror = () => reject(request.error)
        request.onsuccess = () => {
          opening.result.close()
          resolve(request.result)
        }
      }
    })

  /** Reads the XForm from the tablet's storage, and the engine from the file that the app takes it from. */
  const prepare = async ({ form, engine }) => {
    const feed = await read('feed', (table) => table.getAll())
    const { body } = feed.filter((row) => row.kind === 'form' && row.body.id === form).at(-1)
    const content = await read('contents', (table) => table.get(body.xform.hash))
    store.xform = new TextDecoder().decode(content.bytes)
    store.loadForm = (await import(engine)).loadForm
    store.line = document.createElement('p')
    document.body.append(store.line)
  }

  const config = { missingResourceBehavior: 'BLANK', fetchFormAttachment: async () => new Response(null, { status: 404 }) }

  const firstLabel = (node) => {
    for (const child of node.currentState.children ?? []) {
      const found = child.currentState.label?.asString ?? firstLabel(child)
      if (found) return found
    }
    return ''
  }

  /** Does `work`, waits until `done`, and then for the paint; milliseconds without and with that. */
  const timed = async (work, done = () => true) => {
    await quiet()
    const from = performance.now()
    await work()
    await seen(done)
    const bare = performance.now() - from
    return { bare, painted: (await painted()) - from }
  }

  const makeInstance = () => {
    store.root = store.loaded.createInstance().root
    store.line.textContent = firstLabel(store.root)
  }

  /** The engine alone: the form loaded, an instance made, its first words painted. */
  const engineFirst = () =>
    timed(async () => {
      store.loaded = await store.loadForm(store.xform, config)
      makeInstance()
    })

  /** The same with a form that is loaded. */
  const engineAgain = () => timed(makeInstance)

  const choice = (node) => {
    for (const child of node.currentState.children ?? []) {
      const found = child.nodeType === 'select' && child.selectType === 'select1' ? child : choice(child)
      if (found !== null) return found
    }
    return null
  }

  /** The first question with choices is answered, now with the first, now with the second; the answer is painted. */
  const engineAnswers = () =>
    timed(() => {
      const node = choice(store.root)
      const [first, second] = node.currentState.valueOptions
      const { value } = node.currentState.value[0] === first.value ? second : first
      node.selectValues([value])
      store.line.textContent = node.currentState.value[0]
    })

  const card = () => document.querySelector('[data-screen="interview"] [data-kind]')
  const home = () => document.querySelector('[data-testid="form-list"]')

  /** The app: from the touch on home to the first questions. */
  const appOpens = ({ form }) => timed(() => document.querySelector(`[data-testid="form-start-${form}"]`).click(), card)

  /** The same question answered on its page, the card as the answer leaves it, and what it brings to the page. */
  const appAnswers = () => {
    const rows = [...document.querySelector('[data-kind="one"]').querySelectorAll('[data-value]')]
    const row = rows[0].getAttribute('aria-checked') === 'true' ? rows[1] : rows[0]
    return timed(() => row.click(), () => row.getAttribute('aria-checked') === 'true')
  }

  const leave = async () => {
    if (home()) return
    document.querySelector('[data-testid="interview-leave"]').click()
    await seen(home)
  }

  globalThis.bench = {
    prepare,
    leave,
    engineFirst,
    engineAgain,
    engineAnswers,
    appFirst: appOpens,
    appAgain: appOpens,
    appAnswers,
  }
})()

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

  /** The question of the first page that is answered: the first with choices to touch, else the first with a field. */
  const asked = () => {
    const cards = [...document.querySelectorAll('[data-screen="interview"] [data-kind]')]
    const withRows = (each) => ['one', 'many'].includes(each.dataset.kind) && each.querySelectorAll('[data-value]').length > 1
    const withField = (each) => ['text', 'integer'].includes(each.dataset.kind)
    return cards.find(withRows) ?? cards.find(withField)
  }

  const named = (node, name) => {
    for (const child of node.currentState.children ?? []) {
      const isIt = child.currentState.children === null && child.currentState.reference.endsWith(`/${name}`)
      const found = isIt ? child : named(child, name)
      if (found !== null) return found
    }
    return null
  }

  /** The question is answered, now with one answer, now with another; the answer is painted. */
  const engineAnswers = () => {
    const node = named(store.root, asked().dataset.name)
    return timed(() => {
      const given = String(node.currentState.instanceValue)
      if (node.nodeType === 'select') {
        const [first, second] = node.currentState.valueOptions
        node.selectValues([given === first.value ? second.value : first.value])
      } else node.setValue(given === '3' ? '4' : '3')
      store.line.textContent = node.currentState.instanceValue
    })
  }

  const card = () => document.querySelector('[data-screen="interview"] [data-kind]')
  const home = () => document.querySelector('[data-testid="form-list"]')

  /** The app: from the touch on home to the first questions. */
  const appOpens = ({ form }) => timed(() => document.querySelector(`[data-testid="form-start-${form}"]`).click(), card)

  /** The same question answered on its page, and what the answer brings to the page. */
  const appAnswers = () => {
    const rows = [...asked().querySelectorAll('[data-value]')]
    if (rows.length > 1) {
      const row = rows[0].getAttribute('aria-checked') === 'true' ? rows[1] : rows[0]
      const before = row.getAttribute('aria-checked')
      return timed(() => row.click(), () => row.getAttribute('aria-checked') !== before)
    }
    const field = asked().querySelector('input, textarea')
    field.value = field.value === '3' ? '4' : '3'
    return timed(() => field.dispatchEvent(new Event('input', { bubbles: true })))
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

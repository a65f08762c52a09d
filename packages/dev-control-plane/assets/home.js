/**
 * Keeps the page as it is on the server. The server sends the content of `<main>` whenever it changed, with everything
 * escaped; it is parsed without running anything, and only what differs is touched: focus and what was typed stay.
 */
const main = document.querySelector('main')
const connection = document.querySelector('#connection')
const gone = document.querySelector('#gone')
const news = document.querySelector('#news')

let announced = new Set(userCodes())
let wasGone = false

listen()
setInterval(countDown, 1000)
countDown()
document.addEventListener('click', press)
document.addEventListener('change', change)

function listen() {
  const events = new EventSource('/dev/events')
  events.onmessage = ({data}) => {
    show('live', 'Live')
    gone.hidden = true
    if (wasGone) say('The server is back.')
    wasGone = false
    const {body} = new DOMParser().parseFromString(JSON.parse(data), 'text/html')
    morphChildren(main, body)
    countDown()
    announceLogins()
  }

  events.onerror = () => {
    if (!wasGone) {
      show('gone', 'Stopped')
      gone.textContent = 'The server has stopped. This is what it last said; the page goes on when the server is back.'
      gone.hidden = false
      wasGone = true
    }

    // A browser asks again by itself after a lost connection, not after an answer that was no stream.
    if (events.readyState === EventSource.CLOSED) setTimeout(listen, 1000)
  }
}

async function press({target}) {
  const button = target instanceof Element ? target.closest('button') : null
  if (!button) return
  const {copy, fault, remove} = button.dataset
  if (copy !== undefined) return copyText(button, copy)
  if (fault !== undefined) return turn(fault, button.getAttribute('aria-checked') !== 'true')
  if (remove !== undefined) return ask('DELETE', `/dev/faults/${remove}`)
  if (button.hasAttribute('data-all-off')) {
    const {ok} = await ask('DELETE', '/dev/faults')
    if (ok) say('All faults are off.')
  }
}

/** A new number for a fault that is on holds at once. */
async function change({target}) {
  const fault = target instanceof HTMLInputElement ? target.dataset.valueOf : undefined
  if (fault !== undefined && switchOf(fault).getAttribute('aria-checked') === 'true') await turn(fault, true)
}

async function turn(name, isOn) {
  const button = switchOf(name)
  if (!isOn) {
    const {ok} = await ask('DELETE', `/dev/faults/${name}`)
    if (ok) button.setAttribute('aria-checked', 'false')
    return
  }

  const input = document.querySelector(`[data-value-of="${name}"]`)
  if (input && !input.reportValidity()) return
  const isNextOnly = document.querySelector('[name=holds]:checked').value === 'next'
  const {ok} = await ask('PUT', `/dev/faults/${name}`, {
    times: isNextOnly ? 1 : null,
    ...(input ? {value: input.valueAsNumber} : {}),
  })
  if (ok) button.setAttribute('aria-checked', 'true')
}

const switchOf = (name) => document.querySelector(`[data-fault="${name}"]`)

async function ask(method, path, body) {
  const json = body === undefined ? {} : {headers: {'content-type': 'application/json'}, body: JSON.stringify(body)}
  try {
    const response = await fetch(path, {method, ...json})
    if (!response.ok) say(`The server refused that: ${response.status}.`)
    return response
  } catch {
    say('The server does not answer.')
    return {ok: false}
  }
}

async function copyText(button, text) {
  try {
    await navigator.clipboard.writeText(text)
  } catch {
    return say('The browser does not let this page copy.')
  }

  say('Copied.')
  button.textContent = 'Copied'
  button.dataset.keep = ''
  setTimeout(() => {
    button.textContent = 'Copy'
    delete button.dataset.keep
  }, 1500)
}

function show(state, text) {
  connection.dataset.is = state
  connection.textContent = text
}

function say(sentence) {
  news.textContent = sentence
}

/** Each new code once; what is expected of a person must not be missed, and nothing else is read out. */
function announceLogins() {
  const codes = userCodes()
  const fresh = codes.filter((code) => !announced.has(code))
  announced = new Set(codes)
  if (fresh.length > 0) say(`A login waits for approval: ${fresh.join(', ')}.`)
}

function userCodes() {
  return [...document.querySelectorAll('[data-user-code]')].map(({dataset}) => dataset.userCode)
}

function countDown() {
  for (const time of document.querySelectorAll('time[data-until]')) {
    const left = Math.max(0, Math.round((Date.parse(time.dateTime) - Date.now()) / 1000))
    const text = `in ${Math.floor(left / 60)}:${String(left % 60).padStart(2, '0')}`
    if (time.textContent !== text) time.textContent = text
  }
}

function morphChildren(from, to) {
  const wanted = [...to.childNodes]
  for (const [index, next] of wanted.entries()) {
    const here = from.childNodes[index]
    const same = keyOf(next) === undefined ? here : findChild(from, keyOf(next))
    if (!same || !isAlike(same, next)) {
      from.insertBefore(document.importNode(next, true), here ?? null)
      continue
    }

    // Moving an element takes its focus away, so it moves only when it has to.
    if (same !== here) from.insertBefore(same, here)
    morph(same, next)
  }

  while (from.childNodes.length > wanted.length) from.lastChild.remove()
}

function morph(from, to) {
  if (from.nodeType !== Node.ELEMENT_NODE) {
    if (from.data !== to.data) from.data = to.data
    return
  }

  if (from.dataset.keep !== undefined) return
  const isTyping = from === document.activeElement
  for (const {name, value} of to.attributes) {
    if (from.getAttribute(name) === value) continue
    from.setAttribute(name, value)
    if (name === 'value' && !isTyping) from.value = value
  }

  for (const {name} of [...from.attributes]) {
    // The person's own: which details they opened.
    if (name !== 'open' && !to.hasAttribute(name)) from.removeAttribute(name)
  }

  if (!from.matches('time[data-until]')) morphChildren(from, to)
}

const keyOf = (node) => node.dataset?.key

const isAlike = (a, b) => a.nodeName === b.nodeName && keyOf(a) === keyOf(b)

const findChild = (parent, key) => [...parent.children].find((child) => keyOf(child) === key)

/**
 * What each key does, by the name of a method of the prompt. Given whole, because enquirer's own table has keys that
 * would surprise: Ctrl-D deletes, Ctrl-N adds an item to a list, a digit jumps to the item of that number, from zero.
 */
export const KEY_ACTIONS = {
  keys: {
    return: 'submit',
    enter: 'submit',
    escape: 'cancel',
    up: 'up',
    down: 'down',
    left: 'left',
    right: 'right',
    home: 'first',
    end: 'last',
    pageup: 'pageUp',
    pagedown: 'pageDown',
    backspace: 'delete',
    delete: 'deleteForward',
    tab: 'next',
  },
  ctrl: {
    c: 'cancel',
    d: 'cancel',
    a: 'first',
    e: 'last',
    b: 'left',
    f: 'right',
    k: 'cutForward',
    n: 'down',
    p: 'up',
    u: 'reset',
    w: 'cutLeft',
  },
  shift: {},
  option: {},
}

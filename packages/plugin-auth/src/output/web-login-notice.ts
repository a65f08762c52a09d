/**
 * What a person needs to log in by a browser on this computer. A provider that refuses the way back shows its own error page,
 * and nobody tells us: only these lines can help then.
 */
export function webLoginNotice(page: URL, {isOpened, otherWay}: {isOpened: boolean; otherWay: string}): string {
  return [
    isOpened ? 'Your browser has been opened at this page:' : 'Open this page in a browser on this computer:',
    '',
    `    ${page.href}`,
    '',
    'It leads back to this computer and works in a browser on it only. Over SSH, in a container, or if the page shows an error,',
    'press Ctrl-C and log in with a code instead:',
    '',
    `    ${otherWay}`,
    '',
  ].join('\n')
}

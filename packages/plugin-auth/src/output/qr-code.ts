/**
 * A QR code of half blocks, two rows of modules a line, or undefined where it is wider than the terminal. Black on white
 * whatever the theme is; without colours its light modules are drawn, as on a dark terminal.
 */
export async function qrCode(
  text: string,
  {columns, hasColours}: {columns: number; hasColours: boolean},
): Promise<string | undefined> {
  const {encode} = await import('uqr')
  const {data, size} = encode(text, {ecc: 'L', border: QUIET_ZONE})
  if (size > columns) return undefined
  const isDrawn = (x: number, y: number): boolean => (data[y]?.[x] ?? false) === hasColours
  const lines: string[] = []
  for (let y = 0; y < size; y += 2) {
    const blocks = Array.from({length: size}, (_, x) => BLOCKS[Number(isDrawn(x, y)) + 2 * Number(isDrawn(x, y + 1))])
    lines.push(hasColours ? `\u001B[30;107m${blocks.join('')}\u001B[0m` : blocks.join(''))
  }

  return lines.join('\n')
}

/** ISO 18004 asks for four modules; a terminal's own margin is not white. */
const QUIET_ZONE = 4

/** Nothing, above, below, both. */
const BLOCKS = [' ', '▀', '▄', '█']

export function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Of what was measured in the same round, so that a busy machine slows both. */
export const pairedRatio = (numbers, others) => median(numbers.map((number, round) => number / others[round]))

export const thousands = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',')

/** Seconds as a clock shows them: 9:05. */
export const minutesAndSeconds = (seconds: number): string =>
  `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, '0')}`

/** In words, and never more than there is: 9 minutes, 90 seconds. */
export const minutesOrSeconds = (seconds: number): string =>
  seconds >= 120 ? `${Math.floor(seconds / 60)} minutes` : `${Math.floor(seconds)} seconds`

/** When to tell next how many seconds are left: each minute, and twice in the last one. */
export const nextMilestone = (left: number): number | undefined =>
  left > 60 ? (Math.ceil(left / 60) - 1) * 60 : [30, 10].find((seconds) => seconds < left)

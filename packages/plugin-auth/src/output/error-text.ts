/** An error as a person reads it on standard error: what happened, its code, and what to type next. */
export function errorText({
  code,
  message,
  suggestions,
}: {
  code: string
  message: string
  suggestions: string[]
}): string {
  const next = suggestions.map((suggestion) => `  ${suggestion}`)
  return [`Error: ${message} (${code})`, ...next].join('\n')
}

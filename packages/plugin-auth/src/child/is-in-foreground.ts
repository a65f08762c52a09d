/**
 * Whether the terminal's Ctrl-C reaches this process, and so its child: not when a shell runs it in the background. `stat` is
 * that of proc(5); where there is none it is taken for granted.
 */
export function isInForeground(stat: string | undefined): boolean {
  // The name of the program stands in brackets, and may hold anything.
  const [, , group, , , foreground] = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? []
  return group === foreground
}

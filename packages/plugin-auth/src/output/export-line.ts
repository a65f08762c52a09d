/** As every POSIX shell reads it back: nothing between single quotes means anything to it. */
export const exportLine = (name: string, value: string): string => `export ${name}='${value.replaceAll("'", "'\\''")}'`

/**
 * oidc-provider 9 warns "Unsupported runtime" on Node 20, where all we use of it runs and is tested.
 * Only that line is kept back; it is printed while the module loads.
 */
export async function importProvider(): Promise<typeof import('oidc-provider')> {
  const {warn} = console
  console.warn = (...line: unknown[]) => {
    if (!String(line[0]).includes('Unsupported runtime')) warn(...line)
  }
  try {
    return await import('oidc-provider')
  } finally {
    console.warn = warn
  }
}

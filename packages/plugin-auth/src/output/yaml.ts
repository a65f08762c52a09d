/** `-o yaml`: the same data as `-o json`. */
export async function yaml(data: unknown): Promise<string> {
  const {stringify} = await import('yaml')
  return stringify(data).trimEnd()
}

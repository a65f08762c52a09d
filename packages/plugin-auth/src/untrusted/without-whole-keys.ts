/** A key that was typed in place of a name is quoted as one. Names that are made of a key have stars in them. */
export const withoutWholeKeys = (text: string): string => text.replaceAll(/llx-[\w-]{12,}/g, '[redacted]')

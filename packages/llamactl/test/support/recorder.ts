const RECORDER = new URL('../fixtures/record-modules.mjs', import.meta.url).href

/** Variables under which the CLI writes into `file` which modules it loads, and which requests and processes it begins. */
export const recordingInto = (file: string): Record<string, string> => ({
  NODE_OPTIONS: `--import ${RECORDER}`,
  RECORD_MODULES_IN: file,
})

/** oclif loads this before every command, and so it imports nothing: most hosts describe nothing that is to be done here. */
export default async function ({config, id, argv}: {config: {pjson: {oclif: object}}; id?: string; argv?: string[]}) {
  if ('auth' in config.pjson.oclif) await (await import('./adopt-host.js')).adoptHost(config, {id, argv})
}

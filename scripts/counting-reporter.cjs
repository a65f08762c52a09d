// mocha's spec reporter, which also leaves its counts, what failed, and the seconds of each file, where `check.mjs` puts them
// together.
const {writeFileSync} = require('node:fs')
const {relative} = require('node:path')
const {reporters} = require('mocha')

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    const seconds = {}
    for (const event of ['test end', 'hook end']) {
      runner.on(event, ({file, duration = 0}) => {
        const name = relative('', file ?? '')
        seconds[name] = (seconds[name] ?? 0) + duration / 1000
      })
    }

    const failed = []
    runner.on('fail', (test, error) => {
      const reason = error?.stack ?? String(error)
      failed.push({file: relative('', test.file ?? ''), title: test.fullTitle(), reason})
    })

    runner.once('end', () => {
      const {passes, failures, pending} = this.stats
      writeFileSync(process.env.LLAMACTL_TEST_COUNTS, JSON.stringify({passes, failures, pending, seconds, failed}))
    })
  }
}

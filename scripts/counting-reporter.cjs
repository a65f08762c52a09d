// mocha's spec reporter, which also leaves its counts where `check.mjs` adds them up.
const {writeFileSync} = require('node:fs')
const {reporters} = require('mocha')

module.exports = class CountingReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options)
    runner.once('end', () => {
      const {passes, failures, pending} = this.stats
      writeFileSync(process.env.LLAMACTL_TEST_COUNTS, JSON.stringify({passes, failures, pending}))
    })
  }
}

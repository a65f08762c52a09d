import {expect} from 'chai'
import {readFileSync, writeFileSync} from 'node:fs'
import {script, SHELLS} from '../../src/scripts/script.js'
import {makeSample, type Sample} from '../support/sample.js'

const GOLDEN = new URL('../fixtures/powershell.golden.ps1', import.meta.url)

describe('the scripts', () => {
  let sample: Sample

  before(async () => {
    sample = await makeSample()
  })
  after(() => sample.remove())

  for (const shell of SHELLS) {
    it(`for ${shell} leave no blank to be filled, and evaluate nothing`, () => {
      const text = script(shell, sample.config)
      expect(text).not.to.match(/@[A-Z_]+@/)
      const code = text.replaceAll(/^\s*#.*$/gm, '')
      expect(code).not.to.match(/\beval\b|Invoke-Expression|\biex\b|compgen -W|^\s*(?:source|\.) /m)
    })
  }

  it('for PowerShell, which no test here runs, is as it was when it was last read through', () => {
    const text = script('powershell', sample.config)
    if (process.env['LLAMACTL_TEST_UPDATE'] === '1') writeFileSync(GOLDEN, text)
    expect(text).to.equal(readFileSync(GOLDEN, 'utf8'))
  })

  it('for bash 3.2 use nothing that came later, but behind a look at the version', () => {
    const guarded = /if \(\( BASH_VERSINFO[^]*?\n {2,4}(?:else|fi)\b/g
    const code = script('bash', sample.config)
      .replaceAll(/^\s*#.*$/gm, '')
      .replaceAll(guarded, '')
    expect(code).not.to.match(
      /\bmapfile\b|\breadarray\b|\bcompopt\b|declare -[A-Zgn]|local -[An]|\$\{\w+[,^@]|&>>|\|&|;;&|;&\s|\bcoproc\b|\[-\d+\]|printf -v \w+\[|\{\d+\.\.\d+\.\.|\[\[ -v|%\(|read -[a-z]*[Ni]\b/,
    )
  })

  it('refuse the name of a host that a shell would take for more than a name', () => {
    for (const bin of ['a b', 'a;b', '$(x)', '-x', 'a/b', '']) {
      expect(() => script('bash', Object.assign(Object.create(sample.config), {bin}))).to.throw('is no name')
    }
  })
})

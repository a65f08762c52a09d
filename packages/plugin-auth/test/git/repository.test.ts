import {execFileSync} from 'node:child_process'
import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {findInGit, ignoreLine} from '../../src/git/repository.js'
import {refusal} from '../support/refusal.js'
import {requireTools} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

describe('a file in git', () => {
  requireTools('git')
  const temporary = useTemporaryFolder()
  const env = {PATH: process.env['PATH'], HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1'}
  const git = (...args: string[]) => execFileSync('git', ['-C', temporary(), ...args], {env, encoding: 'utf8'})
  const find = (...path: string[]) => findInGit(join(temporary(), ...path), {env, pathExists: existsSync})

  it('is nothing where there is no repository, and where there is no git', async () => {
    expect(await find('.env')).to.equal(undefined)
    git('init', '-q')
    const withoutGit = findInGit(join(temporary(), '.env'), {env: {PATH: '/nonexistent'}, pathExists: existsSync})
    expect(await withoutGit).to.equal(undefined)
  })

  it('is tracked once it was added, also when it is gone from the disk, and by its very name', async () => {
    git('init', '-q')
    expect(await find('.env')).to.include({isTracked: false, isIgnored: false, line: '/.env'})
    for (const name of ['.env', '[a].env', ':(top)x']) {
      writeFileSync(join(temporary(), name), '')
      expect((await find(name))?.isTracked, name).to.equal(false)
      git('--literal-pathspecs', 'add', '--', name)
      expect((await find(name))?.isTracked, name).to.equal(true)
    }

    expect((await find('a.env'))?.isTracked).to.equal(false)
    execFileSync('rm', [join(temporary(), '.env')])
    expect((await find('.env'))?.isTracked).to.equal(true)
  })

  it('is ignored by the line that is offered, and by no other file', async () => {
    git('init', '-q')
    mkdirSync(join(temporary(), 'a b'))
    for (const path of [['.env'], ['a b', '.env'], ['not', 'there', '.env'], ['*.env'], ['!x'], ['#x'], ['x ']]) {
      const found = (await find(...path))!
      expect(found.isIgnored, path.join('/')).to.equal(false)
      expect(readFileSync(join(found.gitignore, '..', '.git', 'HEAD'), 'utf8')).to.contain('ref')
      writeFileSync(found.gitignore, `${found.line}\n`)
      expect((await find(...path))?.isIgnored, found.line).to.equal(true)
      expect((await find('other', '.env'))?.isIgnored).to.equal(false)
      writeFileSync(found.gitignore, '')
    }
  })

  it('starts no program that the repository names', async () => {
    git('init', '-q')
    const made = join(temporary(), 'made')
    git('config', 'core.fsmonitor', `touch ${made}; false`)
    await find('.env')
    expect(existsSync(made)).to.equal(false)
  })

  it('is not taken for untracked where git does not tell', async () => {
    git('init', '-q')
    writeFileSync(join(temporary(), '.git', 'index'), 'damaged')
    const error = await refusal(find('.env'), 'STORAGE_ERROR')
    expect(error.message).to.contain('could not say whether it tracks .env')
    expect(error.suggestions.join()).to.contain('--allow-tracked')
  })

  it('has a line for .gitignore that means it alone', () => {
    expect(ignoreLine('.env')).to.equal('/.env')
    expect(ignoreLine('a/[b]*?.env ')).to.equal('/a/\\[b]\\*\\?.env\\ ')
  })
})

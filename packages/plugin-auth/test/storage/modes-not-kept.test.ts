import {spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {expect} from 'chai'
import {requireThat, requireTools} from '../support/requires.js'
import {useTemporaryFolder} from '../support/temporary-folder.js'

const MODULE = new URL('../../dist/storage/folder.js', import.meta.url)

/** The kernel says yes to every chmod and does nothing, as it does on vfat and under /mnt/c of WSL. */
const withoutModes = ['-f', '-qq', '-o', '/dev/null', '-e', 'trace=/chmod', '-e', 'inject=/chmod:retval=0']

describe('a file system that does not keep modes', () => {
  requireTools('strace')
  requireThat(spawnSync('strace', [...withoutModes, 'true']).status === 0, 'needs the right to trace a process')
  const temporary = useTemporaryFolder()

  it('is used with a warning, once, that the files stay open to others (case 50)', () => {
    const folder = join(temporary(), 'config')
    mkdirSync(folder, {mode: 0o700})
    for (const name of ['one', 'two']) {
      writeFileSync(join(folder, `${name}.json`), '{"version": 1, "text": "a"}')
      chmodSync(join(folder, `${name}.json`), 0o644)
    }

    const program = `
      import {createFolder} from ${JSON.stringify(MODULE.href)}
      const folder = createFolder({path: ${JSON.stringify(folder)}, warn: (text) => console.error(text)})
      for (const name of ['one', 'two'])
        console.log((await folder.file(name, {version: 1, parse: (value) => value}).read()).text)`
    const node = [process.execPath, '--input-type=module', '-e', program]
    const {stdout, stderr} = spawnSync('strace', [...withoutModes, ...node], {encoding: 'utf8'})
    expect(stdout).to.equal('a\na\n')
    expect(stderr).to.match(/^\S+one\.json stays open to other users \(mode 644\)[^\n]+\n$/)
    expect(statSync(join(folder, 'one.json')).mode & 0o777).to.equal(0o644)
  })
})

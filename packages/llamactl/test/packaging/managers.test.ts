import {expect} from 'chai'
import {mkdirSync} from 'node:fs'
import {rm} from 'node:fs/promises'
import {join} from 'node:path'
import {requireThat} from '../../../plugin-auth/test/support/requires.js'
import {expectKeytar} from './support/expect-keytar.js'
import {install, isThere, managers} from './support/managers.js'
import {INSTALL_SCRIPTS, type Surroundings, useRegistry} from './support/use-registry.js'

describe('the packed packages, installed by a package manager without compiler, Python or headers (case 71)', () => {
  let given: Surroundings

  useRegistry((started) => (given = started))

  for (const [index, manager] of managers.entries()) {
    describe(manager.title, () => {
      requireThat(isThere(manager), `needs ${manager.title}: see .ci/run and LLAMACTL_TEST_MANAGERS`)

      const says = manager.ignoresBundles ? 'names the two that it does not run' : 'says nothing of install scripts'

      it(`${says}, and the CLI keeps a key in the keychain with keytar`, async function () {
        this.timeout(120_000)
        const home = join(given.folder, String(index))
        mkdirSync(home)
        given.registry.fetched.length = 0
        const {stdout, stderr, exitCode} = await install(manager, home, given.registry.url)
        const said = stdout + stderr
        expect(exitCode, said).to.equal(0)
        expect(given.registry.fetched).to.include('llamactl').and.include('@llamactl/plugin-auth')
        if (manager.ignoresBundles) {
          // Yarn fetches what is bundled as well, and says that it does not run its scripts.
          expect(said.match(/^➤ YN0004: .*$/gm)).to.have.length(2)
        } else {
          expect(said).not.to.match(INSTALL_SCRIPTS)
          expect(given.registry.fetched).not.to.include('@github/keytar').and.not.to.include('yarn')
        }

        await expectKeytar(given, [join(home, manager.cli)])
        await rm(home, {recursive: true, force: true})
      })
    })
  }
})

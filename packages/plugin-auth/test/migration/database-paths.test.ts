import {expect} from 'chai'
import {databasePaths} from '../../src/migration/database-paths.js'

describe('where the Python llamactl keeps its database', () => {
  const paths = (env: NodeJS.ProcessEnv, platform: NodeJS.Platform = 'linux') =>
    databasePaths({env, home: '/home/ada', platform})
  const home = '/home/ada/.config/llamactl/profiles.db'

  it('is ~/.config, also on macOS', () => {
    expect(paths({})).to.deep.equal([home])
    expect(paths({}, 'darwin')).to.deep.equal([home])
  })

  it('is XDG_CONFIG_HOME first, where that is a full path', () => {
    expect(paths({XDG_CONFIG_HOME: '/xdg'})).to.deep.equal(['/xdg/llamactl/profiles.db', home])
    expect(paths({XDG_CONFIG_HOME: '/home/ada/.config'})).to.deep.equal([home])
    expect(paths({XDG_CONFIG_HOME: ''})).to.deep.equal([home])
    expect(paths({XDG_CONFIG_HOME: 'relative'})).to.deep.equal([home])
  })

  it('is LLAMACTL_CONFIG_DIR and nothing else where that is set', () => {
    const env = {LLAMACTL_CONFIG_DIR: '/here', XDG_CONFIG_HOME: '/xdg'}
    expect(paths(env)).to.deep.equal(['/here/profiles.db'])
    expect(paths({LLAMACTL_CONFIG_DIR: '~/here'})).to.deep.equal(['/home/ada/here/profiles.db'])
  })

  it('is the roaming folder on Windows, else the home', () => {
    const home = String.raw`C:\Users\ada$$`
    const onWindows = (env: NodeJS.ProcessEnv) => databasePaths({env, home, platform: 'win32'})
    const APPDATA = String.raw`C:\Users\ada$$\AppData\Roaming`
    expect(onWindows({APPDATA})).to.deep.equal([String.raw`C:\Users\ada$$\AppData\Roaming\llamactl\profiles.db`])
    expect(onWindows({})).to.deep.equal([String.raw`C:\Users\ada$$\llamactl\profiles.db`])
    for (const LLAMACTL_CONFIG_DIR of [String.raw`~\here`, '~/here', String.raw`C:\Users\ada$$\here`]) {
      expect(onWindows({LLAMACTL_CONFIG_DIR, APPDATA})).to.deep.equal([String.raw`C:\Users\ada$$\here\profiles.db`])
    }
  })
})

import {expect} from 'chai'
import {join} from 'node:path'
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
    expect(paths(env, 'win32')).to.deep.equal(['/here/profiles.db'])
    expect(paths({LLAMACTL_CONFIG_DIR: '~/here'})).to.deep.equal(['/home/ada/here/profiles.db'])
  })

  it('is the roaming folder on Windows, else the home', () => {
    expect(paths({APPDATA: '/roaming'}, 'win32')).to.deep.equal([join('/roaming', 'llamactl', 'profiles.db')])
    expect(paths({}, 'win32')).to.deep.equal([join('/home/ada', 'llamactl', 'profiles.db')])
  })
})

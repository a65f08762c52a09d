// A registry on loopback that has the packages just packed, and sends whoever asks for others on to the one that npm is set to.
import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'
import {createServer} from 'node:http'
import {readFromTarball} from '../../packages/llamactl/test/packaging/support/tar.ts'

export async function startRedirectingRegistry(tarballs, upstream) {
  const packed = new Map(tarballs.map((tarball) => [tarball.name, tarball]))
  const server = createServer((request, response) => {
    const [, name, isTarball] = /^\/((?:@[^/]+\/)?[^/]+)(\/-\/)?/.exec(decodeURIComponent(request.url))
    const tarball = packed.get(name)
    if (!tarball) return response.writeHead(307, {location: upstream.replace(/\/$/, '') + request.url}).end()
    if (isTarball) return response.end(readFileSync(tarball.path))
    describe(tarball).then((text) => response.setHeader('content-type', 'application/json').end(text))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${server.address().port}`

  async function describe({name, version, path}) {
    const description = JSON.parse(await readFromTarball(path, 'package/package.json'))
    const integrity = `sha512-${createHash('sha512').update(readFileSync(path)).digest('base64')}`
    const dist = {tarball: `${url}/${name}/-/${version}.tgz`, integrity}
    return JSON.stringify({name, 'dist-tags': {latest: version}, versions: {[version]: {...description, dist}}})
  }

  return {
    url,
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

import {execFileSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

/** A certificate authority that no computer trusts. Needs `openssl`. */
export interface PrivateAuthority {
  /** Of its certificate, in PEM form. */
  file: string
  folder: string
  issue(name: string): {key: Buffer; cert: Buffer}
  remove(): void
}

export function createPrivateAuthority(name: string): PrivateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'llamactl-authority-'))
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, {cwd: folder, stdio: 'pipe'})
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  openssl('req', '-x509', ...newKey, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '2', '-subj', `/CN=${name}`)

  return {
    file: join(folder, 'ca.pem'),
    folder,

    issue(host) {
      openssl('req', ...newKey, '-keyout', `${host}.key`, '-out', `${host}.csr`, '-subj', `/CN=${host}`)
      writeFileSync(join(folder, 'san'), `subjectAltName=DNS:${host}`)
      const from = ['-in', `${host}.csr`, '-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'san']
      openssl('x509', '-req', ...from, '-days', '2', '-out', `${host}.pem`)
      const read = (file: string): Buffer => readFileSync(join(folder, file))
      return {key: read(`${host}.key`), cert: Buffer.concat([read(`${host}.pem`), read('ca.pem')])}
    },

    remove: () => rmSync(folder, {recursive: true, force: true}),
  }
}

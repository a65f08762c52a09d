import {X509Certificate} from 'node:crypto'
import * as tls from 'node:tls'
import {AuthError} from '../errors.js'
import {listSystemFolder, readSystemFile} from '../storage/system-file.js'
import {cleanText} from '../untrusted/clean-text.js'

export interface TrustOptions {
  env: NodeJS.ProcessEnv
  /** Whether the certificates that the system trusts are trusted as well. */
  nativeTls: boolean
  platform: NodeJS.Platform
  /** Where Linux distributions keep theirs. */
  bundles?: readonly string[]
}

/**
 * What TLS is to trust, parsed once and not for each connection: what Node.js trusts by itself, and on top of that what the
 * variables and the system name. Nothing is ever taken away, and nothing makes a certificate go unverified. Throws `USAGE` for a
 * file that cannot be used: to go on without it would end in an error about some certificate.
 */
export const trustingContext = (options: TrustOptions): tls.SecureContext =>
  tls.createSecureContext({ca: trustedCertificates(options)})

/** As PEM. */
function trustedCertificates({env, nativeTls, platform, bundles = BUNDLES}: TrustOptions): string[] {
  const {SSL_CERT_FILE: file, SSL_CERT_DIR: folder, NODE_EXTRA_CA_CERTS: extra} = env
  return [
    ...new Set([
      ...ownCertificates(),
      // Node.js has read it already, but Node.js 20 does not hand it out, and a list of our own replaces what it knows.
      ...(extra?.trim() ? readCertificates(extra) : []),
      ...(file?.trim() ? required('SSL_CERT_FILE', file, readCertificates(file)) : []),
      ...(folder?.trim()
        ? required('SSL_CERT_DIR', folder, folder.split(delimiterOf(platform)).flatMap(readFolder))
        : []),
      ...(nativeTls ? systemCertificates(platform, bundles) : []),
    ]),
  ]
}

/** In a file, those that can be used; none where there is no such file. */
export const readCertificates = (path: string): string[] => (readSystemFile(path)?.match(PEM) ?? []).filter(isUsable)

const PEM = /-----BEGIN (?:X509 )?CERTIFICATE-----[A-Za-z\d+/=\s]+-----END (?:X509 )?CERTIFICATE-----/g

const readFolder = (path: string): string[] =>
  listSystemFolder(path)
    .filter((name) => /\.(?:\d+|pem|crt|cer)$/.test(name))
    .flatMap(readCertificates)

/** One that cannot be parsed would make every TLS connection fail. */
function isUsable(pem: string): boolean {
  try {
    return Boolean(new X509Certificate(pem))
  } catch {
    return false
  }
}

function required(variable: string, path: string, certificates: string[]): string[] {
  if (certificates.length > 0) return certificates
  throw new AuthError('USAGE', `${variable} is ${cleanText(path)}, where no certificate can be read.`, [
    `Set ${variable} to ${variable === 'SSL_CERT_DIR' ? 'a folder of files' : 'a file'} with certificates in PEM form, or unset it.`,
  ])
}

/** Since Node.js 22.15. */
const {getCACertificates} = tls as {getCACertificates?: (type: 'default' | 'system') => string[]}

/** Under `--use-openssl-ca` Node.js names none, and trusts those of OpenSSL. */
function ownCertificates(): readonly string[] {
  const named = getCACertificates?.('default') ?? []
  return named.length > 0 ? named : tls.rootCertificates
}

/**
 * On Linux read here, and not by Node.js, which looks only where its own OpenSSL was built to look: the distribution has
 * its bundle elsewhere.
 */
function systemCertificates(platform: NodeJS.Platform, bundles: readonly string[]): string[] {
  if (platform === 'win32' || platform === 'darwin') {
    if (getCACertificates) return getCACertificates('system')
    throw noTrustStore('This version of Node.js cannot read the certificates that the system trusts.', [
      'Use Node.js 22.15 or later, or set NODE_EXTRA_CA_CERTS to a file with the certificates.',
    ])
  }

  for (const bundle of bundles) {
    const certificates = readCertificates(bundle)
    if (certificates.length > 0) return certificates
  }

  throw noTrustStore('The certificates that the system trusts were not found.', [
    `Looked for ${bundles.join(', ')}.`,
    'Set SSL_CERT_FILE to the file that has them, without --native-tls.',
  ])
}

const noTrustStore = (message: string, suggestions: string[]): AuthError => new AuthError('USAGE', message, suggestions)

/** Debian and Arch; Fedora and Red Hat, now and formerly; SUSE; Alpine and FreeBSD. */
const BUNDLES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
]

const delimiterOf = (platform: NodeJS.Platform): string => (platform === 'win32' ? ';' : ':')

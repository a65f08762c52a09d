import {expect} from 'chai'

import {
  errorChain,
  isConnectionError,
  isTimeout,
  isTlsErrorCode,
  networkErrorCode,
} from '../../src/http/network-error.js'

const withCode = (code: string): Error => Object.assign(new Error(code), {code})
const fetchFailed = (cause: unknown): Error => new TypeError('fetch failed', {cause})

describe('errors of the network', () => {
  for (const code of ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EPIPE', 'UND_ERR_SOCKET', 'HPE_INVALID_CONSTANT']) {
    it(`${code} is a connection that failed`, () => {
      expect(networkErrorCode(fetchFailed(withCode(code)))).to.equal(code)
      expect(isConnectionError(fetchFailed(withCode(code)))).to.equal(true)
    })
  }

  for (const code of [
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'EPROTO',
    'CERT_HAS_EXPIRED',
    'DEPTH_ZERO_SELF_SIGNED_CERT',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  ]) {
    it(`${code} is a certificate to look at, and not worth another try`, () => {
      expect(networkErrorCode(fetchFailed(withCode(code)))).to.equal(code)
      expect(isTlsErrorCode(code)).to.equal(true)
      expect(isConnectionError(fetchFailed(withCode(code)))).to.equal(false)
    })
  }

  for (const code of ['ERR_INVALID_ARG_TYPE', 'ERR_INVALID_URL', 'CANCELLED', 'NETWORK_ERROR', 'OAUTH_TIMEOUT']) {
    it(`${code} is not the network's`, () => {
      expect(networkErrorCode(withCode(code))).to.equal(undefined)
      expect(isConnectionError(withCode(code))).to.equal(false)
    })
  }

  it('takes the first of several addresses that were tried', () => {
    const several = new AggregateError([withCode('ECONNREFUSED'), withCode('ENETUNREACH')])
    expect(networkErrorCode(fetchFailed(several))).to.equal('ECONNREFUSED')
  })

  it('knows a time-out from a failure, however deep it is', () => {
    const timeout = new DOMException('late', 'TimeoutError')
    expect(isTimeout(fetchFailed(new Error('x', {cause: timeout})))).to.equal(true)
    expect(isConnectionError(timeout)).to.equal(false)
    expect(isTimeout(fetchFailed(withCode('ECONNRESET')))).to.equal(false)
  })

  it('ends with a chain that bites its own tail, and with what is no error at all', () => {
    const error = new Error('ouroboros')
    error.cause = error
    expect(errorChain(error).length).to.be.lessThan(20)
    expect(networkErrorCode(error)).to.equal(undefined)
    expect(errorChain('text')).to.deep.equal(['text'])
    expect(errorChain(undefined)).to.deep.equal([])
  })
})

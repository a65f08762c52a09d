import {expect} from 'chai'

import {safeUrl} from '../../src/untrusted/safe-url.js'

describe('URLs that somebody else chose', () => {
  for (const url of [
    'https://idp.example/',
    'http://127.0.0.1:1/',
    'http://127.255.0.1/',
    'http://[::1]:8080/',
    'http://localhost:3/',
    'http://127.1/',
    'http://0x7f000001/',
    'http://2130706433/',
  ]) {
    it(`${url} is safe where this machine is allowed`, () => {
      expect(safeUrl(url, {allowLoopback: true}).url).to.be.instanceOf(URL)
    })
  }

  for (const url of [
    'http://idp.example/',
    'http://127.0.0.1.evil.example/',
    'http://localhost.evil.example/',
    'http://169.254.169.254/',
    'http://0.0.0.0/',
    'http://[::ffff:7f00:1]/',
    'https://user:word@idp.example/',
    'https://user@idp.example/',
    'ftp://idp.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'data:text/html,x',
    '//idp.example/',
    '/path',
    '',
    ' https://idp.example/',
    'https://idp.example/a b',
    'https://idp.example/\u0000',
    'https://idp.example/\u001B[2J',
    'https://idp.ex\nample/',
    'https://idp.example/\u202Egnp.exe',
    `https://idp.example/${'x'.repeat(2048)}`,
    `https://idp.example/${'ä'.repeat(1000)}`,
    7,
    null,
    undefined,
    {href: 'https://idp.example/'},
  ]) {
    it(`${JSON.stringify(url)?.slice(0, 60)} is not`, () => {
      const {url: safe, reason} = {reason: undefined, ...safeUrl(url, {allowLoopback: true})}
      expect(safe).to.equal(undefined)
      expect(reason).to.match(/^(is|has) /)
    })
  }

  it('this machine over http is not safe where it is not allowed', () => {
    expect(safeUrl('http://127.0.0.1/', {allowLoopback: false})).to.deep.equal({reason: 'is not an https URL'})
  })

  it('a host in other letters comes out as it is sent, so that nobody is fooled', () => {
    expect(safeUrl('https://аpple.example/', {allowLoopback: false}).url?.host).to.equal('xn--pple-43d.example')
  })
})

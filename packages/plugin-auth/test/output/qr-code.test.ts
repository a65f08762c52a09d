import {expect} from 'chai'
import {encode} from 'uqr'
import {qrCode} from '../../src/output/qr-code.js'

const PAGE = 'https://login.example.com/device?user_code=GBSK-CGDW'
/* eslint-disable no-control-regex */

const ABOVE = '▀█'
const BELOW = '▄█'

/** The modules that the lines draw, read back. */
const modulesOf = (drawn: string): boolean[][] =>
  drawn
    .split('\n')
    .flatMap((line) => [
      [...line].map((block) => ABOVE.includes(block)),
      [...line].map((block) => BELOW.includes(block)),
    ])

describe('a QR code', () => {
  const {data, size} = encode(PAGE, {ecc: 'L', border: 4})

  it('draws dark modules in black on white, whatever the theme', async () => {
    const drawn = (await qrCode(PAGE, {columns: 80, hasColours: true})) ?? ''
    for (const line of drawn.split('\n')) expect(line).to.match(/^\u001B\[30;107m[ ▀▄█]+\u001B\[0m$/u)
    expect(modulesOf(drawn.replaceAll(/\u001B\[[\d;]*m/g, '')).slice(0, size)).to.deep.equal(data)
  })

  it('draws light modules where there are no colours', async () => {
    const drawn = (await qrCode(PAGE, {columns: 80, hasColours: false})) ?? ''
    expect(drawn).to.match(/^[ ▀▄█\n]+$/)
    const light = data.map((row) => row.map((isDark) => !isDark))
    expect(modulesOf(drawn).slice(0, size)).to.deep.equal(light)
    expect(modulesOf(drawn)[0], 'the quiet zone is drawn').not.to.include(false)
  })

  it('is only drawn where it fits', async () => {
    expect(await qrCode(PAGE, {columns: size, hasColours: true})).to.be.a('string')
    expect(await qrCode(PAGE, {columns: size - 1, hasColours: true})).to.equal(undefined)
  })
})

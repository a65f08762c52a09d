import {expect} from 'chai'
import * as oidc from 'openid-client'

import {startDevControlPlane} from '../src/index.js'
import {call} from './call.js'
import {discover, logIn} from './oidc-client.js'

const KEYS = '/api/v1/api-keys'

describe('a snapshot', () => {
  it('brings back keys that were deleted and tokens that were rotated, as often as one goes back', async () => {
    await using controlPlane = await startDevControlPlane({algorithm: 'ES256'})
    const {url} = controlPlane
    const config = await discover(controlPlane)
    const {refresh_token, access_token} = await logIn(controlPlane)
    const goBack = controlPlane.snapshot()
    const before = controlPlane.apiKeys()
    for (let round = 0; round < 2; round++) {
      const rotated = await oidc.refreshTokenGrant(config, refresh_token!)
      expect(rotated.refresh_token).not.to.equal(refresh_token)
      await oidc.tokenRevocation(config, rotated.refresh_token!, {token_type_hint: 'refresh_token'})
      await call(url, KEYS, {method: 'POST', bearer: access_token, json: {name: 'minted'}})
      await call(url, `${KEYS}/${before[0]!.id}`, {method: 'DELETE', bearer: access_token})
      expect(controlPlane.apiKeys().map(({name}) => name)).to.include('minted')
      expect(controlPlane.apiKeys().map(({id}) => id)).not.to.include(before[0]!.id)
      goBack()
      expect(controlPlane.apiKeys()).to.deep.equal(before)
    }
  })
})

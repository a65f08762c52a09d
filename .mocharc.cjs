// Two processes take one file after the other (`scripts/check.mjs`): the longest first, so that none is left with one at the end.
const longest = 'device-flow|faulty-service|hosts|keychain-faults|kill-anywhere|managers|profiles|races'

module.exports = {
  extension: ['ts'],
  'node-option': ['import=tsx'],
  spec: [`test/**/@(${longest}).test.ts`, `test/**/!(${longest}).test.ts`],
  'forbid-only': true,
  timeout: 120000,
}

import js from '@eslint/js'
import ts from 'typescript-eslint'

const src = 'packages/plugin-auth/src'

/**
 * The borders between the rooms of plugin-auth: which other rooms a room may import. Everybody may import `errors`,
 * `secret` and `untrusted`. docs/architecture.md draws the map.
 */
const doors = {
  audit: ['storage'],
  browser: [],
  child: [],
  completion: ['control-plane', 'environments', 'host', 'profiles', 'storage'],
  'control-plane': ['http'],
  credentials: ['storage'],
  'env-file': ['storage'],
  environments: ['storage', 'control-plane'],
  git: [],
  host: ['environments', 'identity'],
  http: ['storage'],
  identity: ['environments', 'profiles', 'storage'],
  login: ['control-plane', 'credentials', 'environments', 'oidc', 'profiles'],
  oidc: ['http'],
  migration: ['control-plane', 'credentials', 'environments', 'login', 'profiles', 'storage'],
  output: ['audit', 'environments', 'identity', 'login', 'migration', 'profiles'],
  profiles: ['credentials', 'storage'],
  prompts: ['control-plane', 'environments', 'profiles'],
  storage: [],
  commands: [
    'audit',
    'control-plane',
    'credentials',
    'env-file',
    'environments',
    'git',
    'identity',
    'login',
    'migration',
    'oidc',
    'output',
    'profiles',
    'prompts',
  ],
}

/** One file, or one room, names each outside thing. */
const outside = [
  {names: ['@oclif/core'], files: ['*.ts', 'commands/**', 'public/**', 'testing/**']},
  {names: ['@llamactl/plugin-completion'], files: ['completion/**']},
  {names: ['enquirer'], files: ['prompts/enquirer-*.ts']},
  {names: ['keytar'], files: ['credentials/keychain/keytar-engine.ts']},
  {names: ['@napi-rs/keyring'], files: ['credentials/keychain/keyring-engine.ts']},
  {names: ['@sqlite.org/sqlite-wasm'], files: ['migration/sqlite/wasm-engine.ts']},
  {names: ['uqr'], files: ['output/qr-code.ts']},
  {names: ['openid-client'], files: ['oidc/**']},
  {
    names: ['node:http', 'node:https'],
    files: ['http/direct-exchange.ts', 'http/peek-issuer.ts', 'oidc/loopback-listener.ts'],
  },
  {names: ['undici'], files: ['http/undici-dispatcher.ts']},
  {names: ['yaml'], files: ['output/yaml.ts']},
  {names: ['node:fs', 'node:fs/promises'], files: ['storage/**', 'credentials/keychain/helper.ts']},
  {
    names: ['node:child_process'],
    files: ['browser/**', 'credentials/keychain/run-helper.ts', 'git/run-git.ts'],
  },
  {names: ['cross-spawn'], files: ['child/run-child.ts']},
]

const border = ([room, open]) => {
  const closed = Object.keys(doors).filter((other) => other !== room && !open.includes(other))
  const message = `${room} does not import that: see docs/architecture.md.`
  const patterns = [
    {regex: `^(?:\\.\\./)+(?:${closed.join('|')})/`, message},
    {regex: '/testing/|dev-control-plane', message},
    ...(room === 'commands'
      ? []
      : [
          {
            regex:
              '/(?:base-command|auth-changed|env-command|identity-command|profile-command|services|progress|login-screen)\\.js$',
            message,
          },
        ]),
  ]
  return {files: [`${src}/${room}/**`], rules: {'no-restricted-imports': ['error', {patterns}]}}
}

const withoutLibraries = (files, allowed = []) => ({
  files: files.map((file) => `${src}/${file}`),
  rules: {
    '@typescript-eslint/no-restricted-imports': [
      'error',
      {
        paths: outside
          .filter((thing) => thing !== allowed)
          .flatMap(({names, files: owners}) =>
            names.map((name) => ({name, message: `Only ${owners.join(', ')} names it.`})),
          ),
      },
    ],
  },
})

export default ts.config(
  {ignores: ['**/dist/', '**/bundle/', '**/published/', '**/node_modules/']},
  js.configs.recommended,
  ...ts.configs.strict,
  {
    rules: {
      eqeqeq: 'error',
      'object-shorthand': 'error',
      'prefer-const': 'error',
      // The compiler knows the globals of Node.
      'no-undef': 'off',
      '@typescript-eslint/no-unused-vars': ['error', {argsIgnorePattern: '^_'}],
    },
  },
  {
    // The bundle is CommonJS.
    files: ['scripts/**', '**/*.cjs', 'packages/llamactl/src/fast-host/**'],
    rules: {'@typescript-eslint/no-require-imports': 'off', '@typescript-eslint/no-dynamic-delete': 'off'},
  },
  {
    files: ['**/test/**'],
    rules: {'@typescript-eslint/no-unused-expressions': 'off', '@typescript-eslint/no-non-null-assertion': 'off'},
  },
  ...Object.entries(doors).map(border),
  withoutLibraries(['**']),
  {
    files: ['packages/plugin-completion/src/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: 'plugin-auth|/test/',
              message: 'It completes any host: a plugin hands its values over by the hook.',
            },
            {regex: 'child_process$', message: 'Only installation/ask-shell.ts starts a process.'},
          ],
        },
      ],
    },
  },
  {
    files: ['examples/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^@llamactl/(?!plugin-auth(?:/testing)?$)|packages/',
              message: 'An example uses nothing of ours but the public API.',
            },
          ],
        },
      ],
    },
  },
  {files: ['packages/plugin-completion/src/installation/ask-shell.ts'], rules: {'no-restricted-imports': 'off'}},
  ...outside.map((thing) => withoutLibraries(thing.files, thing)),
  {
    files: [
      `${src}/{${Object.keys(doors)
        .filter((room) => room !== 'commands')
        .join(',')}}/**`,
    ],
    ignores: [`${src}/{credentials/keychain,migration/sqlite,prompts,storage}/**`, `${src}/completion/values-hook.ts`],
    rules: {
      'no-restricted-globals': ['error', {name: 'process', message: 'Streams, variables and signals are passed in.'}],
    },
  },
)

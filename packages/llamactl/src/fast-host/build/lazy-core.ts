import {readFileSync} from 'node:fs'
import {sep} from 'node:path'
import type {Plugin} from 'esbuild'

/**
 * `@oclif/core` for a program that has to start fast: a module of it is evaluated when something in it is first used, and
 * what costs milliseconds on each run without being of use there is cut out. The code is that of the one version that
 * `package.json` pins: what is not found in it as it is written here fails the build of the whole. `outside`: JavaScript for a
 * package that the core asks for.
 */
export function lazyCore({isWhole, outside}: {isWhole: boolean; outside: (specifier: string) => string}): Plugin {
  return {
    name: 'lazy-core',
    setup(build) {
      const missing = new Set(EDITS)
      let modules = 0
      let requires = 0

      build.onLoad({filter: CORE}, ({path}) => {
        const edited = EDITS.filter(({file}) => path.endsWith(file.split('/').join(sep)))
        let source = readFileSync(path, 'utf8')
        for (const edit of edited) {
          if (source.split(edit.from).length !== 2) continue
          source = source.replace(edit.from, () => edit.to)
          missing.delete(edit)
        }

        const lazy = requireLate(source)
        modules += 1
        requires += lazy.count
        return {contents: lazy.source}
      })

      build.onResolve({filter: named([...Object.keys(STAND_INS), ...OUTSIDE])}, ({path, importer}) =>
        CORE.test(importer) ? {path, namespace: 'outside-core'} : undefined,
      )
      build.onLoad({filter: /.*/, namespace: 'outside-core'}, ({path}) => {
        const real = outside(path)
        const standIn = STAND_INS[path as keyof typeof STAND_INS] as ((real: string) => string) | undefined
        return {contents: standIn?.(real) ?? `module.exports = ${real}`}
      })

      build.onEnd(() => {
        if (!isWhole) return undefined
        const errors = [...missing].map(({file, from}) => ({
          text: `@oclif/core/lib${file} does not hold once: ${from}`,
        }))
        if (requires !== REQUIRES) {
          errors.push({
            text: `@oclif/core has ${requires} requires in ${modules} modules that became late, not ${REQUIRES}`,
          })
        }
        return {errors}
      })
    },
  }
}

const CORE = /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/
const named = (names: string[]): RegExp => new RegExp(`^(?:${names.join('|')})$`)

/** How many were counted in this version: fewer would be eager again, unseen. */
const REQUIRES = 269

interface Edit {
  file: string
  from: string
  to: string
}

const EDITS: Edit[] = [
  // The core plugins as the build saw them.
  {
    file: '/config/plugin-loader.js',
    from: 'rootPlugin = new plugin_1.Plugin({',
    to: 'rootPlugin = require("#bundle/create-plugin").createPlugin({',
  },
  {
    file: '/config/plugin-loader.js',
    from: 'const instance = new plugin_1.Plugin(opts);',
    to: 'const instance = require("#bundle/create-plugin").createPlugin(opts);',
  },
  // A hook of a core plugin, without looking for the plugin on the disk.
  {
    file: '/config/config.js',
    from: 'await (0, module_loader_1.loadWithData)(p, await (0, ts_path_1.tsPath)(p.root, hook.target, p))',
    to: 'p.bundledHook?.(hook.target) ?? await (0, module_loader_1.loadWithData)(p, await (0, ts_path_1.tsPath)(p.root, hook.target, p))',
  },
  // Before a plugin of somebody else is asked for its commands.
  {
    file: '/config/plugin.js',
    from: 'this.root = root;',
    to: 'this.root = root; require("#bundle/share-core").shareCore(root);',
  },
  // 6 ms for names that hold no pattern.
  {
    file: '/config/plugin-loader.js',
    from: '(0, minimatch_1.minimatch)(p, w)',
    to: '(p === w || (/[*?[{(!]/.test(w) && (0, minimatch_1.minimatch)(p, w)))',
  },
  // The first localeCompare of a process sets up ICU: 5 ms. Ids are ASCII.
  {
    file: '/config/plugin.js',
    from: 'a.id.localeCompare(b.id)',
    to: '(a.id < b.id ? -1 : a.id > b.id ? 1 : 0)',
  },
  // Standard output is opened when somebody asks for the stream, and standard error when something moves on it.
  {
    file: '/command.js',
    from: "process.stdout.on('error', (err) => {\n    if (err && err.code === 'EPIPE')\n        return;\n    throw err;\n});",
    to: 'require("#bundle/standard-output").whenOpen((stdout) => stdout.on("error", (err) => { if (err && err.code === "EPIPE") return; throw err; }));',
  },
  {
    file: '/command.js',
    from: 'ux_1.ux.stdout(message, ...args);',
    to: 'require("./ux/write").stdout(message, ...args);',
  },
  {
    file: '/ux/write.js',
    from: 'const stdout = (str, ...args) => {',
    to: 'const console = {log: (text = "") => require("#bundle/standard-output").print(text), error: (...texts) => globalThis.console.error(...texts)};\nconst stdout = (str, ...args) => {',
  },
  // ansis opens standard output to learn about colors.
  {
    file: '/help/index.js',
    from: 'ansis_1.default.strip(summary)',
    to: '(/[\\u001B\\u009B]/.test(summary) ? ansis_1.default.strip(summary) : summary)',
  },
  // To ask node:tty costs as much as a command.
  {
    file: '/ux/supports-color.js',
    from: 'return Boolean(supports_color_1.stdout)',
    to: 'return !require("#bundle/terminal").isPlain() && Boolean(supports_color_1.stdout)',
  },
  {
    file: '/screen.js',
    from: 'columns || termwidth(process.stdout)',
    to: 'columns || (require("#bundle/terminal").isNoTerminal(1) ? 80 : termwidth(process.stdout))',
  },
  {
    file: '/screen.js',
    from: 'columns || termwidth(process.stderr)',
    to: 'columns || (require("#bundle/terminal").isNoTerminal(2) ? 80 : termwidth(process.stderr))',
  },
  {
    file: '/flush.js',
    from: 'async function _flush() {',
    to: 'async function _flush() { if (!require("#bundle/standard-output").isOpen()) return;',
  },
  {
    file: '/ux/index.js',
    from: 'const ACTION_TYPE = (Boolean(process.stderr.isTTY) &&',
    to: 'const actionType = () => (Boolean(process.stderr.isTTY) &&',
  },
  {
    file: '/ux/index.js',
    from: "exports.action = ACTION_TYPE === 'spinner' ? new spinner_1.default() : new simple_1.default();",
    to: 'let action; Object.defineProperty(exports, "action", {enumerable: true, get: () => action ??= actionType() === "spinner" ? new spinner_1.default() : new simple_1.default()});',
  },
  {file: '/ux/index.js', from: 'action: exports.action,', to: 'get action() { return exports.action },'},
  // What is typed by its whole name needs no list of all commands.
  {
    file: '/config/config.js',
    from: 'for (const plugin of this.plugins.values()) {\n            this.loadCommands(plugin);\n            this.loadTopics(plugin);\n        }',
    to: 'require("#bundle/command-index").indexLate(this, () => { for (const plugin of this.plugins.values()) { this.loadCommands(plugin); this.loadTopics(plugin); } });',
  },
  {
    file: '/config/config.js',
    from: 'const lookupId = this.getCmdLookupId(id);\n        const command = this._commands.get(lookupId);',
    to: 'const typed = require("#bundle/command-index").commandOf(this, id); if (typed) return typed; const lookupId = this.getCmdLookupId(id); const command = this._commands.get(lookupId);',
  },
  {
    file: '/help/util.js',
    from: 'function normalizeArgv(config, argv = process.argv.slice(2)) {',
    to: 'function normalizeArgv(config, argv = process.argv.slice(2)) { const typed = require("#bundle/command-index").normalizedArgv(config, argv); if (typed) return typed;',
  },
  // A spread would drop what is not parsed yet.
  {
    file: '/config/config.js',
    from: '{\n                        ...prioritizedCommand,\n                        id: aliasWithDefaultTopicSeparator,\n                    }',
    to: 'require("#bundle/bundled-command").renamed(prioritizedCommand, {id: aliasWithDefaultTopicSeparator})',
  },
  {
    file: '/config/config.js',
    from: '{ ...command, hidden, id: aliasWithDefaultTopicSeparator }',
    to: 'require("#bundle/bundled-command").renamed(command, {hidden, id: aliasWithDefaultTopicSeparator})',
  },
  {
    file: '/config/config.js',
    from: '{ ...cmd, id: permutation }',
    to: 'require("#bundle/bundled-command").renamed(cmd, {id: permutation})',
  },
  // 47 files of semver, to refuse a Node.js that bin/run.cjs has refused already.
  {file: '/index.js', from: '\ncheckNodeVersion();', to: ''},
  // Most people have neither plugins of their own nor a theme: one look at the disk instead of node:fs/promises.
  {
    file: '/config/plugin-loader.js',
    from: 'const pjson = await (0, fs_1.readJson)(userPJSONPath, false);',
    to: 'if (!require("node:fs").existsSync(userPJSONPath)) return; const pjson = await (0, fs_1.readJson)(userPJSONPath, false);',
  },
  {
    file: '/util/fs.js',
    from: 'async function safeReadJson(path, useCache = true) {',
    to: 'async function safeReadJson(path, useCache = true) { if (!require("node:fs").existsSync(path)) return;',
  },
]

/** Packages that oclif loads on each run, and that hardly one uses. */
const STAND_INS = {
  // One debugger for each module, and all silent.
  debug: (real: string) => `module.exports = process.env.DEBUG ? ${real} : () => () => {}`,
  // Called for every text of the help. Few of them hold a template, and those that do name a value that needs no escaping.
  ejs: (
    real: string,
  ) => `const valueOf = (path, context) => path.split(".").reduce((value, key) => value?.[key], context)
    const named = (text, context) => text.replace(/<%[=-] ([\\w.]+) %>/g, (whole, path) => {
      const value = valueOf(path, context)
      return typeof value === "string" && !/[<>&'"%]/.test(value) ? value : whole
    })
    module.exports = {render(text, context, ...rest) {
      if (!text.includes("<%")) return text
      const plain = named(text, context)
      return plain.includes("<%") ? ${real}.render(text, context, ...rest) : plain
    }}`,
  // Says whether this is Linux within Windows, which only a kernel of Microsoft's can be.
  'wsl-utils': (real: string) =>
    `const isPossible = process.platform === "linux" && /microsoft/i.test(require("node:os").release())
    module.exports = {get isWsl() { return isPossible && ${real}.isWsl }, powerShellPath: (...args) => ${real}.powerShellPath(...args)}`,
}

/** Asked for by few commands, and large. */
const OUTSIDE = ['cli-spinners', 'lilconfig', 'minimatch', 'semver', 'tinyglobby']

const REQUIRE = /^(?:const|var) (\w+) = ((?:__importDefault\(|__importStar\()?require\((?:"[^"]+"|'[^']+')\)\)?);$/gm
const EXPORT = /^exports\.(\w+) = (__importStar\(require\("[^"]+"\)\));$/gm

/** What the compiler wrote as `const x_1 = require("y")` becomes a function that is called where `x_1` stood. */
function requireLate(source: string): {source: string; count: number} {
  const found: [name: string, expression: string][] = []
  let late = source
    .replace(
      EXPORT,
      (_, name: string, expression: string) =>
        `Object.defineProperty(exports, "${name}", {enumerable: true, get: () => ${expression}});`,
    )
    .replace(REQUIRE, (_, name: string, expression: string) => {
      found.push([name, expression])
      return ''
    })
  let declared = ''
  for (const [name, expression] of found) {
    late = late.replaceAll(new RegExp(`(?<![\\w$.])${name}(?![\\w$])`, 'g'), `(${name}$())`)
    declared += `let ${name}$v; function ${name}$() { return ${name}$v ??= ${expression} }\n`
  }

  return {source: declared + late, count: found.length}
}

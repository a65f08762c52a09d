import {namedFaults} from './faults/named-faults.js'

export const usage = `A small real control plane on this machine, with an OpenID provider inside. In memory, loopback only.

USAGE
  llamactl-dev-control-plane [--port N] [--seed FILE] [--json] [--fault NAME] …

FLAGS
  --port N            port on 127.0.0.1; absent or 0: any free one
  --seed FILE         JSON file with users, organizations, projects and api_keys
  --json              print one line when it listens: {"url", "issuer", "pid"}
  --fault NAME        switch a fault on from the start; may be given more than once
  --no-auth           behave as the open-source control plane: no login, no keys
  --no-browser-login  without the OpenID provider: discovery answers 400
  --interval S        seconds between two polls of the device flow (default 1)
  --help              show this text
  --version           show the version

FAULTS
${namedFaults.map(({name, sentence}) => `  ${name.padEnd(24)} ${sentence}`).join('\n')}

Its URL in a browser shows users, projects, keys, logins that wait and requests, live, and switches faults on and off.
Stop it with Ctrl-C.`

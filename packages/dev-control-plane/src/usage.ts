export const usage = `A small real control plane on this machine, with an OpenID provider inside. In memory, loopback only.

USAGE
  llamactl-dev-control-plane [--port N] [--seed FILE] [--no-auth] [--no-browser-login] [--interval S]

FLAGS
  --port N            port on 127.0.0.1; absent or 0: any free one
  --seed FILE         JSON file with users, organizations, projects and api_keys
  --no-auth           behave as the open-source control plane: no login, no keys
  --no-browser-login  without the OpenID provider: discovery answers 400
  --interval S        seconds between two polls of the device flow (default 1)
  --help              show this text
  --version           show the version

Stop it with Ctrl-C.`

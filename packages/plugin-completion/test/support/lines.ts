import type {DrivenShell} from './shell-session.js'

/** What a person types before TAB, what then stands on the line, and, where there are several, what was offered. */
export interface Line {
  typed: string
  line: string
  offers?: string[]
  /** What stands there in a shell that writes it differently. */
  but?: Partial<Record<DrivenShell, string>>
}

const commands = ['auth', 'help']
const auth = ['env', 'list', 'login', 'logout', 'ls', 'project', 'switch', 'token']
const profiles = ['my prof', 'personal', 'work']
const outputs = ['text', 'json', 'yaml']
const environments = [
  'http://localhost:8000',
  'http://localhost:8001',
  'https://api.cloud.llamaindex.ai',
  'https://api.staging.llamaindex.ai:8443/v1?x=1',
]
const switchFlags = ['--interactive', '--no-interactive', '--print', '--json', '--environment', '--help']

export const LINES: Line[] = [
  {typed: 'llamactl ', line: 'llamactl ', offers: [...commands, 'whoami']},
  {typed: 'llamactl au', line: 'llamactl auth '},
  {typed: 'llamactl auth ', line: 'llamactl auth ', offers: auth},
  {typed: 'llamactl auth sw', line: 'llamactl auth switch '},
  {typed: 'llamactl auth env a', line: 'llamactl auth env add '},
  {typed: 'llamactl auth switch ', line: 'llamactl auth switch ', offers: profiles},
  {typed: 'llamactl auth switch m', line: 'llamactl auth switch my\\ prof '},
  {typed: 'llamactl auth switch "m', line: 'llamactl auth switch "my prof" '},
  {typed: "llamactl auth switch 'my", line: "llamactl auth switch 'my prof' "},
  {typed: 'llamactl auth switch my\\ ', line: 'llamactl auth switch my\\ prof '},
  {typed: 'llamactl auth switch work ', line: 'llamactl auth switch work '},
  {typed: 'llamactl auth switch work --', line: 'llamactl auth switch work --', offers: switchFlags},
  {typed: 'llamactl auth switch work --p', line: 'llamactl auth switch work --print '},
  {typed: 'llamactl auth token --outp', line: 'llamactl auth token --output '},
  {typed: 'llamactl auth token --output ', line: 'llamactl auth token --output ', offers: outputs},
  {typed: 'llamactl auth token --output=', line: 'llamactl auth token --output=', offers: outputs},
  {typed: 'llamactl auth token --output=j', line: 'llamactl auth token --output=json '},
  {typed: 'llamactl auth token --no-i', line: 'llamactl auth token --no-interactive '},
  {typed: 'llamactl auth token --no', line: 'llamactl auth token --no-', offers: ['--no-cache', '--no-interactive']},
  {typed: 'llamactl auth token --profile work --output=y', line: 'llamactl auth token --profile work --output=yaml '},
  {typed: 'llamactl auth token --profile work --prof', line: 'llamactl auth token --profile work --prof'},
  {typed: 'llamactl auth token --profile w', line: 'llamactl auth token --profile work '},
  {typed: 'llamactl auth token --profile=w', line: 'llamactl auth token --profile=work '},
  {
    typed: 'llamactl auth token --profile="my',
    line: 'llamactl auth token --profile="my prof" ',
    but: {zsh: 'llamactl auth token --profile=my\\ prof '},
  },
  {typed: 'llamactl auth token -p w', line: 'llamactl auth token -p work '},
  {typed: 'llamactl auth env switch ', line: 'llamactl auth env switch http', offers: environments},
  {typed: 'llamactl auth env switch h', line: 'llamactl auth env switch http', offers: environments},
  {
    typed: 'llamactl auth env switch https:',
    line: 'llamactl auth env switch https://api.',
    offers: environments.slice(2),
  },
  {typed: 'llamactl auth env switch https://api.c', line: 'llamactl auth env switch https://api.cloud.llamaindex.ai '},
  {
    typed: 'llamactl auth env switch "https://api.s',
    line: 'llamactl auth env switch "https://api.staging.llamaindex.ai:8443/v1?x=1" ',
  },
  {
    typed: 'llamactl auth env switch https://api.cloud.llamaindex.ai --js',
    line: 'llamactl auth env switch https://api.cloud.llamaindex.ai --json ',
  },
  {
    typed: 'llamactl auth login --env=http://l',
    line: 'llamactl auth login --env=http://localhost:800',
    offers: environments.slice(0, 2),
  },
  {
    typed: 'llamactl auth login --env http://localhost:8001',
    line: 'llamactl auth login --env http://localhost:8001 ',
  },
  {typed: 'llamactl auth project ', line: 'llamactl auth project 4f1c-', offers: ['4f1c-aaa', '4f1c-bbb']},
  {typed: 'llamactl auth project 4f1c-b', line: 'llamactl auth project 4f1c-bbb '},
  {typed: 'llamactl auth --', line: 'llamactl auth --help '},
  {typed: 'llamactl whoami --profile p', line: 'llamactl whoami --profile personal '},
  {typed: 'lctl auth sw', line: 'lctl auth switch '},
  {typed: 'lctl auth switch w', line: 'lctl auth switch work '},
  {typed: 'llamactl auth switch -- ', line: 'llamactl auth switch -- ', offers: profiles},
  {typed: 'llamactl auth logout wor', line: 'llamactl auth logout work '},
  {typed: 'llamactl auth login --scope a --scope b --sc', line: 'llamactl auth login --scope a --scope b --scope '},
  {typed: 'FOO=1 llamactl auth sw', line: 'FOO=1 llamactl auth switch '},
  {typed: 'echo x | llamactl auth sw', line: 'echo x | llamactl auth switch '},
  // bash calls no completion function there.
  {typed: 'echo $(llamactl auth sw', line: 'echo $(llamactl auth switch ', but: {bash: 'echo $(llamactl auth sw'}},
  {typed: 'llamactl help au', line: 'llamactl help auth '},
  {typed: 'llamactl --', line: 'llamactl --', offers: ['--help', '--version']},

  {typed: 'llamactl help auth sw', line: 'llamactl help auth switch '},
  {typed: 'llamactl auth use p', line: 'llamactl auth use personal '},
  {typed: 'llamactl auth us', line: 'llamactl auth us'},
  {typed: 'llamactl auth ls --output y', line: 'llamactl auth ls --output yaml '},
  {typed: 'llamactl secret door o', line: 'llamactl secret door one '},
  {typed: 'llamactl auth token --out-file rep', line: 'llamactl auth token --out-file report\\ one.txt '},
  {typed: 'llamactl auth token --out-file nosuch', line: 'llamactl auth token --out-file nosuch'},
  {typed: 'llamactl secret run -- rep', line: 'llamactl secret run -- report\\ one.txt '},
  {typed: 'llamactl secret run -- cat -- rep', line: 'llamactl secret run -- cat -- report\\ one.txt '},
  {typed: 'llamactl auth token --out-file=rep', line: 'llamactl auth token --out-file=report\\ one.txt '},
  {
    typed: 'llamactl auth switch --environment https://api.c',
    line: 'llamactl auth switch --environment https://api.cloud.llamaindex.ai ',
  },
]

/**
 * The environment of the helper process: what the libraries need to find the user, the bus and the display, and nothing
 * else. API keys and tokens that live in variables stay out of it, and so does what would change how Node starts.
 */
export function helperEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const passed = Object.entries(env).filter(([name]) => isNeeded(name.toUpperCase()))
  // Error texts are told apart by their English wording.
  return {...Object.fromEntries(passed), LC_ALL: 'C', NODE_OPTIONS: ''}
}

const isNeeded = (name: string): boolean => NEEDED.has(name) || name.startsWith('DBUS_') || name.startsWith('XDG_')

const NEEDED = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TMPDIR',
  'LD_LIBRARY_PATH',
  'DISPLAY',
  'WAYLAND_DISPLAY',
  'XAUTHORITY',
  'GNOME_KEYRING_CONTROL',
  '__CF_USER_TEXT_ENCODING',
  'SECURITYSESSIONID',
  'SYSTEMROOT',
  'WINDIR',
  'SYSTEMDRIVE',
  'APPDATA',
  'LOCALAPPDATA',
  'USERPROFILE',
  'USERNAME',
  'USERDOMAIN',
  'HOMEDRIVE',
  'HOMEPATH',
  'TEMP',
  'TMP',
])

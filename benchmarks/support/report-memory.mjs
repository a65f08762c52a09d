// Loaded before a program: writes how much memory it had at most, in MB. Not `maxRSS`, in which Linux counts what the process that
// started this one had.
import {readFileSync, writeFileSync} from 'node:fs'

const peak = () => {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1])
  } catch {
    return process.resourceUsage().maxRSS
  }
}

const {BENCH_MEMORY_FILE: path} = process.env
delete process.env.BENCH_MEMORY_FILE
process.on('exit', () => writeFileSync(path, String(peak() / 1024)))

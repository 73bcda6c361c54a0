import { readFileSync, writeFileSync } from 'node:fs'

/**
 * Makes this process, and those that it starts, keep what is in their memory: before anything else, because whatever
 * comes first could be interrupted.
 */
export function hardenProcess(): void {
  // Node opens its debugger on this signal, to every process of the same user, unless someone else takes it.
  process.on('SIGUSR1', () => undefined)
  // Whatever is made here is the owner's alone; what others may read is opened to them by name.
  process.umask(0o077)
  emptyCoreDumps()
  // JSON that names it could otherwise change what objects inherit.
  Reflect.deleteProperty(Object.prototype, '__proto__')
}

/** Whether what the system writes of this process when it crashes has none of its memory; true where nothing says so. */
export function areCoreDumpsEmpty(path = CORE_FILTER): boolean {
  try {
    return Number.parseInt(readFileSync(path, 'latin1'), 16) === 0
  } catch {
    return process.platform !== 'linux'
  }
}

/** No kind of memory is to be in a core dump (core(5)); children inherit that. Without it there is the unit's LimitCORE. */
function emptyCoreDumps(): void {
  try {
    writeFileSync(CORE_FILTER, '0')
  } catch {
    // Another system than Linux, or no /proc: serving says so.
    return
  }
}

const CORE_FILTER = '/proc/self/coredump_filter'

import { open, unlink } from 'node:fs/promises'
import { connect } from 'node:net'
import { basename, dirname } from 'node:path'
import { KmipFault } from '../fault/fault.ts'

/** A path that the system takes for a Unix socket. */
export interface SocketPath {
  readonly path: string
  release(): Promise<void>
}

/**
 * The address of a socket file. The system takes 107 bytes; a longer path is reached through its directory, held open
 * until `release`.
 *
 * Throws the system's error when that directory cannot be opened.
 */
export async function openSocketPath(path: string): Promise<SocketPath> {
  if (Buffer.byteLength(path) <= LONGEST_PATH)
    return { path, release: async () => Promise.resolve() }
  const directory = await open(dirname(path), 'r')
  return {
    path: `/proc/self/fd/${directory.fd}/${basename(path)}`,
    release: async () => directory.close(),
  }
}

/** Whether someone accepts connections on a Unix socket. */
export async function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => {
      resolve(false)
    })
  })
}

/** `sun_path` of Linux without its final zero; others have a few bytes less. */
const LONGEST_PATH = 103

/** Removes a socket on which nobody answers. Throws `UNAVAILABLE` where somebody does. */
export async function removeStale(path: string): Promise<void> {
  if (await answers(path)) {
    throw new KmipFault('UNAVAILABLE', `Another server answers on ${path}`)
  }
  try {
    await unlink(path)
  } catch {
    // Nothing was there; anything else shows when the socket is made.
  }
}

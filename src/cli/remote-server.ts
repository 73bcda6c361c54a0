import { readFile } from 'node:fs/promises'
import { createSecureContext, type SecureContext } from 'node:tls'
import { codeOf } from '../adapter/data-directory.ts'
import { callsOver } from '../admin/client.ts'
import type { AdminService } from '../admin/service.ts'
import { CommandFailure } from './failure.ts'
import type { RemotePlace } from './place-options.ts'

/** The admin API of a server over mutual TLS. Throws a `CommandFailure` for files that cannot be used. */
export async function connectServer(place: RemotePlace, approval?: string): Promise<AdminService> {
  const { host, port } = place
  return callsOver({ kind: 'tls', host, port, approval, secureContext: await contextOf(place) })
}

async function contextOf({ cert, key, ca }: RemotePlace): Promise<SecureContext> {
  const secret = await readPem('--key', key)
  try {
    return createSecureContext({
      cert: await readPem('--cert', cert),
      key: secret,
      ca: await readPem('--ca', ca),
      minVersion: 'TLSv1.2',
    })
  } catch (error) {
    if (error instanceof CommandFailure) throw error
    throw new CommandFailure(
      '--cert, --key and --ca are not a certificate, its key and an authority',
    )
  } finally {
    secret.fill(0)
  }
}

async function readPem(option: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new CommandFailure(`${option}: ${path} cannot be read (${codeOf(cause)})`)
  }
}

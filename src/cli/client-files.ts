import { mkdir, rmdir, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { readCertificateFile } from '../adapter/certificate-file.ts'
import { codeOf } from '../adapter/data-directory.ts'
import { writeNewFile } from '../adapter/data-directory-build.ts'
import type { AdminResponse } from '../admin/schema.ts'
import { AdminFailure } from '../admin/failure.ts'
import { KmipFault } from '../fault/fault.ts'
import { makeKeyFile, readKeyFile } from './client-key-file.ts'
import { CommandFailure } from './failure.ts'

/** A client as the admin API answers it. */
export type AddedClient = AdminResponse<'client.add'>

/** Where the files of a client are. */
export interface ClientFiles {
  readonly certificate: string
  readonly key: string
  readonly authority: string
}

export interface ClientFilesOptions {
  /** A file of the certificate that signs the clients, where there is one. */
  readonly authority: string
  readonly out: string
  readonly name: string
  /** Whether its key may be there: it was left for the certificate that officers have approved. */
  readonly isApproved?: boolean
}

/** Files that are not there yet, and whether the authority's certificate is. */
export interface PlannedFiles {
  readonly folder: string
  readonly files: ClientFiles
  readonly hasAuthority: boolean
  /** Whether the key is there already. */
  readonly hasKey: boolean
}

/** Plans the files of a client. Throws when one exists already, or a `ca.crt` of another authority is in their place. */
export async function planClientFiles({
  authority,
  out,
  name,
  isApproved = false,
}: ClientFilesOptions): Promise<PlannedFiles> {
  const folder = resolve(out)
  const files: ClientFiles = {
    certificate: join(folder, `${name}.crt`),
    key: join(folder, `${name}.key`),
    authority: join(folder, 'ca.crt'),
  }
  await refuseExisting(files.certificate)
  const hasKey = isApproved && (await stat(files.key).catch(() => undefined))?.isFile() === true
  if (!hasKey) await refuseExisting(files.key)
  const hasAuthority = await checkAuthority(authority, files.authority)
  return { folder, files, hasAuthority, hasKey }
}

/**
 * Makes a client's key and writes it with the certificate that `register` gets for it. The key is on the disk before
 * the client exists; when `register` fails, nothing stays behind, but for the key that officers are asked about.
 *
 * @param register - is given the public key as SubjectPublicKeyInfo in DER, base64
 */
export async function writeClientFiles(
  { folder, files, hasAuthority, hasKey }: PlannedFiles,
  register: (publicKey: string) => Promise<AddedClient>,
): Promise<AddedClient> {
  const madeFolder = await makeFolder(folder)
  try {
    const key = await (hasKey ? readKeyFile(files.key) : makeKeyFile(files.key))
    const client = await register(Buffer.from(key.publicKey).toString('base64')).catch(
      async (error: unknown) => {
        if (!isAwaited(error)) await key.forget()
        throw isAwaited(error) ? awaited(error, files.key) : error
      },
    )
    await writeNewFile(files.certificate, Buffer.from(client.certificate), 0o644)
    if (!hasAuthority) await writeNewFile(files.authority, Buffer.from(client.authority), 0o644)
    return client
  } catch (error) {
    // It stays where something is in it.
    if (madeFolder) await rmdir(folder).catch(() => undefined)
    throw error
  }
}

/** Whether officers are asked about it, so that it may come to be yet. */
function isAwaited(error: unknown): error is KmipFault | AdminFailure {
  if (!(error instanceof KmipFault) && !(error instanceof AdminFailure)) return false
  return error.code === 'APPROVAL_NEEDED'
}

function awaited({ message }: Error, key: string): CommandFailure {
  return new CommandFailure(message, { hint: `the key that they approve stays in ${key}` })
}

async function refuseExisting(path: string): Promise<void> {
  const code = await stat(path).then(() => undefined, codeOf)
  if (code === 'ENOENT') return
  if (code === 'ENOTDIR') throw new CommandFailure(`${dirname(path)} is not a directory`)
  const what = code === undefined ? 'exists already' : `cannot be looked for (${code})`
  throw new CommandFailure(`${path} ${what}: nothing was changed`)
}

/** @returns whether the authority's certificate is there already */
async function checkAuthority(authority: string, path: string): Promise<boolean> {
  const there = await readCertificateFile(path)
  if (there === undefined) return false
  const ours = await readCertificateFile(authority)
  if (ours !== undefined && Buffer.compare(there, ours) !== 0) {
    throw new CommandFailure(`${path} is the certificate of another authority: nothing was changed`)
  }
  return true
}

/** @returns whether the folder was not there before */
async function makeFolder(path: string): Promise<boolean> {
  try {
    return (await mkdir(path, { recursive: true, mode: 0o700 })) !== undefined
  } catch (cause) {
    throw new CommandFailure(`${path} cannot be made (${codeOf(cause)})`)
  }
}

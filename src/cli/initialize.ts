import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { Anchors } from '../adapter/anchor.ts'
import { createAuthority, issueServerCertificate } from '../adapter/certificate-authority.ts'
import { defaultHostNames, type HostName } from '../adapter/certificate-names.ts'
import { encodePem } from '../adapter/certificate-pem.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { buildDataDirectory, writeNewFile } from '../adapter/data-directory-build.ts'
import { formatSettings, pathIn } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { createRoot, type NewRoot, type RootRequest } from '../adapter/root-of-directory.ts'
import { createSealedStore } from '../adapter/sealed-store.ts'
import type { Log } from '../port/log.ts'
import type { RootOfTrust } from '../port/root-of-trust.ts'
import { writeAuthority, type KeyedCertificate } from '../repository/authority-record.ts'

/** What a new data directory shows of itself: certificates in DER. */
export interface NewDirectory {
  readonly authority: Uint8Array
  readonly server: Uint8Array
}

export interface InitializeOptions {
  /** What opens the store from then on. */
  readonly root: RootRequest
  /** Names of the server beside those every server has. */
  readonly hosts: readonly HostName[]
  readonly log: Log
}

/**
 * Makes a data directory with everything in it, or nothing.
 *
 * Throws `UNAVAILABLE` when there is something at `path` already, or on an error of the disk.
 */
export async function initialize(
  path: string,
  { root: request, hosts, log }: InitializeOptions,
): Promise<NewDirectory> {
  const deps = { clock: systemClock, random: nodeRandom }
  const names = distinct([...hosts, ...defaultHostNames(hostname())])
  const authority = createAuthority(deps)
  const server = issueServerCertificate(deps, authority, names)
  let made: NewRoot | undefined
  try {
    await buildDataDirectory(path, async (staging) => {
      made = await createRoot(staging, request, nodeRandom)
      const { root, settings } = made
      await fillStore(pathIn({ path: staging }, 'store'), { root, authority, server, log })
      await writePem(pathIn({ path: staging }, 'authority'), authority.certificate)
      await writePem(pathIn({ path: staging }, 'server'), server.certificate)
      const text = new TextEncoder().encode(formatSettings(settings))
      await writeNewFile(pathIn({ path: staging }, 'settings'), text, 0o600)
    })
  } catch (error) {
    // What went wrong first is what counts.
    await made?.discard().catch(() => undefined)
    throw error
  } finally {
    made?.root.destroy()
    authority.key.destroy()
    server.key.destroy()
  }
  return { authority: authority.certificate, server: server.certificate }
}

interface Content {
  readonly root: RootOfTrust
  readonly authority: KeyedCertificate
  readonly server: KeyedCertificate
  readonly log: Log
}

async function fillStore(
  directory: string,
  { root, authority, server, log }: Content,
): Promise<void> {
  const { store, sealer } = await createSealedStore({ directory, root, log }, nodeRandom)
  try {
    await writeAuthority({ store, sealer }, 'ca', authority)
    await writeAuthority({ store, sealer }, 'server', server)
    const paths = [pathIn({ path: dirname(directory) }, 'anchor')]
    await new Anchors({ store, paths, log }).write()
  } finally {
    sealer.destroy()
    await store.close()
  }
}

/** Certificates are for everyone who is let into the directory. */
async function writePem(path: string, certificate: Uint8Array): Promise<void> {
  await writeNewFile(path, encodePem('CERTIFICATE', certificate), 0o644)
}

function distinct(hosts: readonly HostName[]): readonly HostName[] {
  return hosts.filter(({ text }, index) => hosts.findIndex((one) => one.text === text) === index)
}

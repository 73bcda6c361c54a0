import { issueServerCertificate } from '../adapter/certificate-authority.ts'
import { readCertificateFile } from '../adapter/certificate-file.ts'
import { parseHostName } from '../adapter/certificate-names.ts'
import { encodePem } from '../adapter/certificate-pem.ts'
import { readCertificate } from '../adapter/certificate-read.ts'
import { replaceFile } from '../adapter/data-directory-build.ts'
import { pathIn, type DataDirectory } from '../adapter/data-directory.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Clock } from '../port/clock.ts'
import type { Log } from '../port/log.ts'
import type { Sealer } from '../port/sealer.ts'
import type { Store } from '../port/store.ts'
import {
  readAuthority,
  writeAuthority,
  type KeyedCertificate,
} from '../repository/authority-record.ts'
import type { Core } from './core.ts'

/** What of the core has to do with certificates. */
export interface CertificateHolder extends Pick<Core, 'directory' | 'authority'> {
  readonly sealer: Sealer
  readonly store: Store
}

/**
 * The certificate to serve with: the stored one, or a new one for the same names when that ends within 30 days. Puts the
 * copies that people read, `ca.crt` and `server.crt`, back where they are missing.
 *
 * Throws `UNAVAILABLE` when such a copy is of another certificate: clients that were given it could not connect.
 */
export async function prepareServerCertificate(
  core: CertificateHolder,
  { log, clock }: { readonly log: Log; readonly clock: Clock },
): Promise<KeyedCertificate> {
  const stored = await readAuthority(core, 'server')
  await keepCopy(core.directory, 'authority', core.authority.certificate)
  await keepCopy(core.directory, 'server', stored.certificate)
  const { names, notAfter } = readCertificate(stored.certificate)
  if (notAfter - clock.now() > RENEWAL_SECONDS) return stored
  const hosts = names
    .split(', ')
    .flatMap((name) => parseHostName(name.replace(/^[^:]*:/, '')) ?? [])
  const deps = { clock, random: nodeRandom }
  const renewed = issueServerCertificate(deps, core.authority, hosts)
  await writeAuthority(core, 'server', renewed, stored)
  stored.key.destroy()
  await writeCopy(core.directory, 'server', renewed.certificate)
  log.info('server certificate renewed', { names })
  return renewed
}

async function keepCopy(
  directory: DataDirectory,
  entry: 'authority' | 'server',
  certificate: Uint8Array,
): Promise<void> {
  const path = pathIn(directory, entry)
  const copy = await readCertificateFile(path)
  if (copy === undefined) await writeCopy(directory, entry, certificate)
  else if (Buffer.compare(copy, certificate) !== 0) {
    throw new KmipFault(
      'UNAVAILABLE',
      `${path} is not the certificate of this store: remove it to have it written anew`,
    )
  }
}

async function writeCopy(
  directory: DataDirectory,
  entry: 'authority' | 'server',
  certificate: Uint8Array,
): Promise<void> {
  await replaceFile(pathIn(directory, entry), encodePem('CERTIFICATE', certificate), 0o644)
}

const RENEWAL_SECONDS = 30 * 86_400

import { readFile } from 'node:fs/promises'
import { createSecureContext } from 'node:tls'
import { createKeyPair, issueClientCertificate } from '../adapter/certificate-authority.ts'
import { encodePem } from '../adapter/certificate-pem.ts'
import { systemClock } from '../adapter/clock-system.ts'
import { nodeRandom } from '../adapter/random-node.ts'
import { announcementOf, permittedOf, type MayBeTold } from '../client/announcement.ts'
import { Endpoint } from '../client/endpoint.ts'
import { droppedTeller, sentTeller } from '../client/sent-in-audit.ts'
import { stillWanted, type Recheck } from '../client/still-wanted.ts'
import type { EndpointConfig } from '../config/endpoint.ts'
import { describeBug } from '../fault/describe-bug.ts'
import { KmipFault } from '../fault/fault.ts'
import { mayBeTold } from '../model/approval/unasked.ts'
import type { Log } from '../port/log.ts'
import type { AuditTrail } from '../server/audit/trail.ts'
import type { Core } from './core.ts'

/** The clients that the server speaks to. */
export interface Endpoints {
  close(): void
}

interface Listening {
  readonly config: EndpointConfig
  readonly endpoint: Endpoint
}

/**
 * Has the clients of the configuration told of what becomes of their objects, and asks them what they can do. Throws
 * `UNAVAILABLE` when a file that the configuration names cannot be read.
 */
export async function openEndpoints(
  core: Core,
  configs: readonly EndpointConfig[],
  { log, trail }: { readonly log: Log; readonly trail: AuditTrail },
): Promise<Endpoints> {
  const listening: Listening[] = []
  for (const config of configs) listening.push({ config, endpoint: await open(core, config, log) })
  for (const each of listening) interrogate(each)
  if (listening.length > 0) announceChanges(core, listening, { log, trail })
  return {
    close() {
      for (const { endpoint } of listening) endpoint.close()
    },
  }
}

/** What a client may be told of by the policy as it is; nothing once it is suspended or gone. */
function toldBy({ clients, policies }: Core): (client: string) => MayBeTold {
  return (id) => {
    const client = clients.find(id)
    if (client === undefined || client.isSuspended === true) return () => false
    const permission = policies.inForce.of(client)
    return (operation, object) => mayBeTold(client, permission, { operation, object })
  }
}

/** What is decided with once more before a client is told. */
export function recheckOf(core: Core, trail: AuditTrail): Recheck & Pick<Core, 'objects'> {
  return { objects: core.objects, permits: toldBy(core), dropped: droppedTeller(trail) }
}

function announceChanges(
  core: Core,
  listening: readonly Listening[],
  { log, trail }: { readonly log: Log; readonly trail: AuditTrail },
): void {
  const tell = sentTeller(trail)
  const recheck = recheckOf(core, trail)
  const named = (name: string) => core.clients.named(name)?.id
  core.objects.observe((change) => {
    for (const { config, endpoint } of listening) {
      if (named(config.client) !== change.after.owner) continue
      // What is stored stays stored, whether or not a client can be told of it in its version.
      try {
        const wanted = permittedOf(config, change, recheck.permits(change.after.owner))
        const announcement = announcementOf(change, wanted)
        if (announcement === undefined) continue
        endpoint.send(announcement, {
          told: tell(change.after.owner, announcement),
          isWanted: stillWanted(recheck, change, announcement),
        })
      } catch (error) {
        log.warn('client not told of a change', { client: config.client, ...describeBug(error) })
      }
    }
  })
}

function interrogate({ config, endpoint }: Listening): void {
  if (config.discoverVersions) {
    endpoint.send({ operation: 'DiscoverVersions', payload: { versions: [] } })
  }
  if (config.query.length > 0) {
    endpoint.send({ operation: 'Query', payload: { functions: config.query } })
  }
}

async function open(core: Core, config: EndpointConfig, log: Log): Promise<Endpoint> {
  const { client, host, port, serverName, version, encoding } = config
  const ca = config.ca === undefined ? pemOf(core.authority.certificate) : await readPem(config.ca)
  return new Endpoint({
    address: { host, port, ...(serverName === undefined ? {} : { serverName }) },
    secureContext: contextWith(core, ca),
    version,
    encoding,
    log: log.with({ endpoint: client }),
  })
}

/** A key and certificate of the server's own for each endpoint: its listening certificate is not one of a client. */
function contextWith({ authority }: Core, ca: Buffer) {
  const { key, publicKey } = createKeyPair()
  const deps = { clock: systemClock, random: nodeRandom }
  const certificate = issueClientCertificate(deps, authority, { name: 'kmipd', publicKey })
  try {
    return key.expose((der) => {
      const pem = Buffer.from(encodePem('PRIVATE KEY', der))
      const context = createSecureContext({ key: pem, cert: pemOf(certificate), ca })
      pem.fill(0)
      return context
    })
  } finally {
    key.destroy()
  }
}

function pemOf(certificate: Uint8Array): Buffer {
  return Buffer.from(encodePem('CERTIFICATE', certificate))
}

async function readPem(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (cause) {
    throw new KmipFault('UNAVAILABLE', `${path} cannot be read`, { cause })
  }
}

import type { RequestListener } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TLSSocket } from 'node:tls'
import { fastify, type FastifyRequest } from 'fastify'
import { KmipFault } from '../fault/fault.ts'
import type { Identity } from '../model/identity.ts'
import type { Log } from '../port/log.ts'
import type { ConnectionAudit } from '../server/audit/connection-audit.ts'
import {
  createAuthority,
  readPeerCertificate,
  type Authority,
  type PeerCertificate,
} from '../server/identify.ts'
import type { AdmissionLimits } from '../server/admission.ts'
import { LogGate } from '../server/log-gate.ts'
import { readAuthorities, withSecureOptions, type TlsMaterial } from '../server/tls-material.ts'
import type { AdminCaller } from './caller.ts'
import { Doorway } from './doorway.ts'
import { APP, outfit, type AdminServer, type RefusedCall } from './server.ts'
import type { AdminService } from './service.ts'

export interface RemoteAdminOptions {
  readonly address: { readonly host: string; readonly port: number }
  readonly tls: TlsMaterial
  /** Who a certificate belongs to at this moment; undefined for nobody. It is asked for every call. */
  readonly identify: (certificate: PeerCertificate) => Identity | undefined
  readonly service: AdminService
  readonly log: Log
  readonly refused?: RefusedCall | undefined
  /** Told of connections that are not let in. */
  readonly audit?: Pick<ConnectionAudit, 'refused' | 'tellCounts'> | undefined
  /** How many connections there may be, before TLS; `DOORWAY_LIMITS` when absent. */
  readonly limits?: AdmissionLimits | undefined
}

/** The admin API over mutual TLS. */
export interface RemoteAdmin extends AdminServer {
  readonly address: { readonly host: string; readonly port: number }
  /** As of a listener: from the next handshake on. Throws `UNAVAILABLE`, and nothing has changed then. */
  renewTls(material: TlsMaterial): void
  /** Closes the connections of those who are known no more, and tells what was only counted. */
  sweep(): void
}

/**
 * Serves the admin API to registered clients, by their certificates and the roles that they have.
 *
 * Throws `UNAVAILABLE` when the address cannot be bound or the TLS material cannot be used.
 */
export async function serveRemoteAdmin(options: RemoteAdminOptions): Promise<RemoteAdmin> {
  const { address, tls, service, log } = options
  const visitors = new Visitors(options)
  const app = fastify(APP)
  outfit(app, {
    ...{ service, log, refused: options.refused },
    callerOf: (request) => visitors.callerOf(request),
  })
  await app.ready()
  const server = createTls(tls, (request, response) => {
    app.routing(request, response)
  })
  const doorway = new Doorway({ limits: options.limits, refused: visitors.unwelcome })
  doorway.guard(server)
  server.on('secureConnection', visitors.admit)
  server.on('tlsClientError', visitors.failed)
  const close = async (): Promise<void> => {
    doorway.clear()
    await new Promise<void>((resolve) => {
      server.close(() => {
        resolve()
      })
    })
    await app.close()
  }
  try {
    await listen(server, address)
  } catch (error) {
    await app.close()
    throw error
  }
  // Running out of descriptors must not end the process.
  server.on('error', (error: NodeJS.ErrnoException) => {
    log.warn('admin cannot accept', { code: error.code })
  })
  return {
    address: addressOf(server.address(), address),
    close,
    [Symbol.asyncDispose]: close,
    renewTls(material) {
      const authorities = readAuthorities(material).map(createAuthority)
      withSecureOptions(material, (secure) => {
        server.setSecureContext(secure)
      })
      visitors.trust(authorities)
    },
    sweep() {
      doorway.sweep()
      visitors.sweep()
    },
  }
}

/** Whoever is connected, and who that is. */
class Visitors {
  readonly #options: RemoteAdminOptions
  readonly #gate: LogGate
  readonly #certificates = new Map<Socket, PeerCertificate>()
  #authorities: readonly Authority[]

  constructor(options: RemoteAdminOptions) {
    this.#options = options
    this.#gate = new LogGate(options.log)
    this.#authorities = readAuthorities(options.tls).map(createAuthority)
  }

  readonly admit = (socket: TLSSocket): void => {
    const certificate = readPeerCertificate(socket, this.#authorities)
    const refusal =
      typeof certificate === 'string'
        ? certificate
        : this.#options.identify(certificate) === undefined
          ? 'not registered'
          : undefined
    if (typeof certificate === 'string' || refusal !== undefined) {
      this.#refused(socket, refusal ?? 'unknown')
      socket.destroy()
      return
    }
    this.#certificates.set(socket, certificate)
    socket.once('close', () => this.#certificates.delete(socket))
  }

  readonly failed = (error: NodeJS.ErrnoException, socket: TLSSocket): void => {
    // Node gives a certificate that was refused its reason here, as in Arrivals.
    const refused: unknown = socket.authorizationError
    const reason = typeof refused === 'string' ? refused : error.code
    this.#refused(socket, `handshake failed: ${reason ?? 'lost'}`)
  }

  readonly unwelcome = (socket: Socket, reason: string): void => {
    this.#refused(socket, reason)
  }

  /** Asked for every call. Throws `AUTHENTICATION_FAILED` for one who is known no more. */
  callerOf({ raw }: FastifyRequest): AdminCaller {
    const { socket } = raw
    const certificate = this.#certificates.get(socket)
    const identity = certificate && this.#options.identify(certificate)
    const shown = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined
    if (certificate === undefined || identity === undefined || shown === undefined) {
      if (certificate !== undefined) this.#refused(socket, 'not known any more')
      socket.destroy()
      throw new KmipFault('AUTHENTICATION_FAILED', 'The caller is not known any more')
    }
    const { id, name, role } = identity
    return {
      kind: 'client',
      id,
      name,
      role,
      key: certificate.key.subject,
      publicKey: shown.publicKey.export({ type: 'spki', format: 'der' }),
      certificate: { issuer: certificate.key.issuer, serial: certificate.serial },
      address: socket.remoteAddress,
    }
  }

  trust(authorities: readonly Authority[]): void {
    this.#authorities = authorities
    this.sweep()
  }

  sweep(): void {
    const trusted = new Set(this.#authorities.map(({ hash }) => hash))
    for (const [socket, certificate] of this.#certificates) {
      const isKnown =
        trusted.has(certificate.key.issuer) && this.#options.identify(certificate) !== undefined
      if (!isKnown) socket.destroy()
    }
    this.#gate.open()
    this.#options.audit?.tellCounts()
  }

  #refused({ remoteAddress, remotePort }: Socket, reason: string): void {
    this.#gate.warn('admin refused', { peer: remoteAddress, reason })
    const address = remoteAddress === undefined ? undefined : `${remoteAddress}:${remotePort ?? 0}`
    this.#options.audit?.refused({ reason: `admin: ${reason}`, address })
  }
}

function createTls(tls: TlsMaterial, take: RequestListener): Server {
  return withSecureOptions(tls, (secure) =>
    createServer(
      {
        ...secure,
        requestCert: true,
        rejectUnauthorized: true,
        handshakeTimeout: HANDSHAKE_MS,
        headersTimeout: HEADERS_MS,
        requestTimeout: REQUEST_MS,
        keepAliveTimeout: IDLE_MS,
      },
      take,
    ),
  )
}

async function listen(server: Server, address: RemoteAdminOptions['address']): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => {
      const text = `Cannot listen on ${address.host}, port ${address.port}`
      reject(new KmipFault('UNAVAILABLE', text, { cause }))
    })
    server.listen(address, () => {
      server.removeAllListeners('error')
      resolve()
    })
  })
}

function addressOf(
  bound: AddressInfo | string | null,
  wanted: RemoteAdminOptions['address'],
): RemoteAdminOptions['address'] {
  if (bound === null || typeof bound === 'string') return wanted
  return { host: bound.address, port: bound.port }
}

const HANDSHAKE_MS = 10_000
const HEADERS_MS = 15_000
const REQUEST_MS = 30_000
const IDLE_MS = 5_000

import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http'
import { Agent, request as httpsRequest } from 'node:https'
import type { SecureContext } from 'node:tls'
import { AdminFailure } from './failure.ts'
import { openSocketPath } from './socket.ts'

/** How the admin API of a server is reached. */
export type Wire = {
  /** Number of the approval that calls are made under. */
  readonly approval?: string | undefined
} &
  /** The Unix socket in its data directory. */
  (
    | { readonly kind: 'socket'; readonly path: string }
    /** Mutual TLS: the context has the caller's certificate and key, and the authority of the server's. */
    | {
        readonly kind: 'tls'
        readonly host: string
        readonly port: number
        readonly secureContext: SecureContext
      }
  )

/** The header of HTTP in which the number of an approval is. */
export const APPROVAL_HEADER = 'kmipd-approval'

export interface AdminRequest {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: string
}

/**
 * Resolves once the answer begins. Throws `AdminFailure` when none does.
 *
 * @param patience - how long silence is borne, in milliseconds
 */
export type Send = (request: AdminRequest, patience: number) => Promise<IncomingMessage>

/** Gives `use` what sends over a wire. Throws the system's error when the directory of a socket cannot be opened. */
export async function withWire<T>(wire: Wire, use: (send: Send) => Promise<T>): Promise<T> {
  const { approval } = wire
  if (wire.kind === 'tls') {
    const { host, port, secureContext } = wire
    const agent = new Agent({ secureContext, minVersion: 'TLSv1.2' })
    try {
      return await use(async (request, patience) =>
        send(request, { patience, approval }, (options, take) =>
          httpsRequest({ ...options, host, port, agent }, take),
        ),
      )
    } catch (error) {
      const isLost = error instanceof AdminFailure && error.code === 'UNREACHABLE'
      throw isLost ? unreachableAt(`${host}:${port}`, error.cause) : error
    }
  }
  const socket = await openSocketPath(wire.path)
  try {
    return await use(async (request, patience) =>
      send(request, { patience, approval }, (options, take) =>
        httpRequest({ ...options, socketPath: socket.path, agent: false }, take),
      ),
    )
  } finally {
    await socket.release()
  }
}

/** There was no answer, or it ended before its end. */
export function unreachable(cause: unknown): AdminFailure {
  return new AdminFailure('UNREACHABLE', 'The running server does not answer', cause)
}

function unreachableAt(place: string, cause: unknown): AdminFailure {
  const code =
    cause instanceof Error && 'code' in cause && typeof cause.code === 'string' ? cause.code : ''
  return new AdminFailure('UNREACHABLE', `${place} ${problemOf(code)}`, cause)
}

/** @param code - of Node's error; empty where it has none, as for an answer that cannot be read */
function problemOf(code: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'has a certificate without that name'
  if (/CERT|SIGNATURE/.test(code)) return `has a certificate that --ca does not vouch for (${code})`
  if (code === 'ECONNRESET' || code === 'EPIPE') {
    return 'ended the connection: it does not know the certificate, or is no admin API'
  }
  return code === '' ? 'does not answer as an admin API' : `does not answer (${code})`
}

type Begin = (
  options: RequestOptions,
  take: (answer: IncomingMessage) => void,
) => ReturnType<typeof httpRequest>

async function send(
  { method, path, body }: AdminRequest,
  { patience, approval }: { readonly patience: number; readonly approval: string | undefined },
  begin: Begin,
): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(approval === undefined ? {} : { [APPROVAL_HEADER]: approval }),
    }
    const outgoing = begin({ method, path, headers }, resolve)
    outgoing.setTimeout(patience, () => outgoing.destroy(new Error('no answer in time')))
    outgoing.once('error', (cause) => {
      reject(unreachable(cause))
    })
    outgoing.end(body)
  })
}

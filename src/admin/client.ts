import type { IncomingMessage } from 'node:http'
import type { z } from 'zod'
import type { BackupPiece } from '../adapter/backup/create.ts'
import { decodePieces } from './backup-stream.ts'
import { AdminFailure } from './failure.ts'
import { ADMIN_CALLS, BACKUP_CALL, failureSchema } from './schema.ts'
import type { AdminService } from './service.ts'
import { answers, openSocketPath } from './socket.ts'
import { unreachable, withWire, type AdminRequest, type Send, type Wire } from './wire.ts'

/**
 * The admin API of a running server: each call throws an `AdminFailure` when the server refuses or does not answer.
 *
 * @param approval - number of the approval that calls are made under
 * @returns undefined when no server answers on the socket
 */
export async function connectAdmin(
  path: string,
  approval?: string,
): Promise<AdminService | undefined> {
  const socket = await openSocketPath(path)
  try {
    if (!(await answers(socket.path))) return undefined
  } finally {
    await socket.release()
  }
  return callsOver({ kind: 'socket', path, approval })
}

/** The admin API over a wire: each call throws an `AdminFailure` when the server refuses or does not answer. */
export function callsOver(path: Wire): AdminService {
  return {
    status: callOf(path, ADMIN_CALLS.status),
    'client.add': callOf(path, ADMIN_CALLS['client.add']),
    'client.list': callOf(path, ADMIN_CALLS['client.list']),
    'client.register': callOf(path, ADMIN_CALLS['client.register']),
    'client.show': callOf(path, ADMIN_CALLS['client.show']),
    'client.limit': callOf(path, ADMIN_CALLS['client.limit']),
    'client.remove': callOf(path, ADMIN_CALLS['client.remove']),
    'client.suspend': callOf(path, ADMIN_CALLS['client.suspend']),
    'client.resume': callOf(path, ADMIN_CALLS['client.resume']),
    'client.key.add': callOf(path, ADMIN_CALLS['client.key.add']),
    'client.key.remove': callOf(path, ADMIN_CALLS['client.key.remove']),
    'authority.add': callOf(path, ADMIN_CALLS['authority.add']),
    'authority.list': callOf(path, ADMIN_CALLS['authority.list']),
    'authority.remove': callOf(path, ADMIN_CALLS['authority.remove']),
    'authority.reload': callOf(path, ADMIN_CALLS['authority.reload']),
    'account.add': callOf(path, ADMIN_CALLS['account.add']),
    'account.list': callOf(path, ADMIN_CALLS['account.list']),
    'account.remove': callOf(path, ADMIN_CALLS['account.remove']),
    'object.list': callOf(path, ADMIN_CALLS['object.list']),
    'object.show': callOf(path, ADMIN_CALLS['object.show']),
    'object.trust': callOf(path, ADMIN_CALLS['object.trust']),
    'object.give': callOf(path, ADMIN_CALLS['object.give']),
    'namespace.add': callOf(path, ADMIN_CALLS['namespace.add']),
    'namespace.list': callOf(path, ADMIN_CALLS['namespace.list']),
    'namespace.show': callOf(path, ADMIN_CALLS['namespace.show']),
    'namespace.limit': callOf(path, ADMIN_CALLS['namespace.limit']),
    'namespace.defaults.show': callOf(path, ADMIN_CALLS['namespace.defaults.show']),
    'namespace.defaults.set': callOf(path, ADMIN_CALLS['namespace.defaults.set']),
    'namespace.remove': callOf(path, ADMIN_CALLS['namespace.remove']),
    'kek.rotate': callOf(path, ADMIN_CALLS['kek.rotate']),
    'kek.status': callOf(path, ADMIN_CALLS['kek.status']),
    'approval.list': callOf(path, ADMIN_CALLS['approval.list']),
    'approval.show': callOf(path, ADMIN_CALLS['approval.show']),
    'approval.vote': callOf(path, ADMIN_CALLS['approval.vote']),
    'approval.withdraw': callOf(path, ADMIN_CALLS['approval.withdraw']),
    'approval.request': callOf(path, ADMIN_CALLS['approval.request']),
    'policy.check': callOf(path, ADMIN_CALLS['policy.check']),
    'policy.apply': callOf(path, ADMIN_CALLS['policy.apply']),
    'policy.show': callOf(path, ADMIN_CALLS['policy.show']),
    'policy.explain': callOf(path, ADMIN_CALLS['policy.explain']),
    'audit.prune': callOf(path, ADMIN_CALLS['audit.prune']),
    'store.verify': callOf(path, ADMIN_CALLS['store.verify'], LONG_PATIENCE_MS),
    backup: (request) => backupFrom(path, request),
  }
}

async function* backupFrom(
  wire: Wire,
  request: object,
): AsyncGenerator<BackupPiece, void, undefined> {
  const { method, path } = BACKUP_CALL
  const body = JSON.stringify(request)
  const response = await withWire(wire, async (send) => send({ method, path, body }, PATIENCE_MS))
  const status = response.statusCode ?? 0
  if (status === 200) yield* decodePieces(bytesOf(response))
  else throw refusalOf({ status, body: await readBody(response) })
}

/** What comes, until the connection is lost. */
async function* bytesOf(response: IncomingMessage): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    for await (const bytes of response) if (bytes instanceof Uint8Array) yield bytes
  } catch (cause) {
    throw unreachable(cause)
  } finally {
    response.destroy()
  }
}

interface Call<A extends z.ZodType> {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly response: A
}

function callOf<A extends z.ZodType>(
  wire: Wire,
  call: Call<A>,
  patience = PATIENCE_MS,
): (request: object) => Promise<z.output<A>> {
  return async (request: object): Promise<z.output<A>> => {
    const options = requestOf(call, request)
    const answer = await withWire(wire, async (send) => exchange(send, options, patience))
    return readAnswer(call.response, answer)
  }
}

function requestOf({ method, path }: Call<z.ZodType>, request: object): AdminRequest {
  const rest = new Map<string, unknown>(Object.entries(request))
  const filled = path.replace(/:(\w+)/g, (_, key: string) => {
    const value = String(rest.get(key))
    rest.delete(key)
    return encodeURIComponent(value)
  })
  return method === 'GET'
    ? { method, path: filled + queryOf(rest) }
    : { method, path: filled, body: JSON.stringify(Object.fromEntries(rest)) }
}

function queryOf(rest: ReadonlyMap<string, unknown>): string {
  const pairs = Array.from(rest)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}=${encodeURIComponent(String(value))}`)
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
}

interface Answer {
  readonly status: number
  readonly body: unknown
}

async function exchange(send: Send, request: AdminRequest, patience: number): Promise<Answer> {
  const response = await send(request, patience)
  try {
    return { status: response.statusCode ?? 0, body: await readBody(response) }
  } catch (cause) {
    throw unreachable(cause)
  }
}

async function readBody(response: IncomingMessage): Promise<unknown> {
  response.setEncoding('utf8')
  let text = ''
  for await (const chunk of response) text += String(chunk)
  return JSON.parse(text)
}

function readAnswer<A extends z.ZodType>(schema: A, { status, body }: Answer): z.output<A> {
  if (status !== 200) throw refusalOf({ status, body })
  const answer = schema.safeParse(body)
  if (answer.success) return answer.data
  throw new AdminFailure('UNREACHABLE', 'The running server is of another version')
}

function refusalOf({ status, body }: Answer): AdminFailure {
  const failure = failureSchema.safeParse(body)
  if (failure.success) return new AdminFailure(failure.data.code, failure.data.message)
  return new AdminFailure('UNREACHABLE', `The running server answers with status ${status}`)
}

const PATIENCE_MS = 60_000
/** For what reads the whole store. */
const LONG_PATIENCE_MS = 3_600_000

import { chmod } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { fastify, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { FaultCode } from '../fault/fault-code.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import { encodePieces, failureOf } from './backup-stream.ts'
import { LOCAL, type AdminCaller } from './caller.ts'
import { permitCall } from './rights.ts'
import { ADMIN_CALLS, BACKUP_CALL, type AdminCall } from './schema.ts'
import type { AdminService } from './service.ts'
import { openSocketPath, removeStale } from './socket.ts'
import { APPROVAL_HEADER } from './wire.ts'

/** An admin API that is being served. */
export interface AdminServer extends AsyncDisposable {
  close(): Promise<void>
}

/**
 * Serves the admin API on a Unix socket that only its owner may connect to. A socket that a dead server left behind is
 * replaced.
 *
 * The caller has set a umask of 0o077 or narrower: between bind and chmod the socket must not be anyone else's.
 *
 * Throws `UNAVAILABLE` when another server answers there or the socket cannot be made.
 */
export async function serveAdmin(
  path: string,
  service: AdminService,
  { log, refused }: Pick<Outfit, 'log' | 'refused'>,
): Promise<AdminServer> {
  const socket = await openSocketPath(path)
  const app = fastify(APP)
  const close = async (): Promise<void> => {
    await app.close()
    await socket.release()
  }
  outfit(app, { service, log, refused, callerOf: () => LOCAL })
  try {
    await removeStale(socket.path)
    await app.listen({ path: socket.path })
    await chmod(path, 0o600)
  } catch (cause) {
    await close()
    if (cause instanceof KmipFault) throw cause
    throw new KmipFault('UNAVAILABLE', `The admin socket ${path} cannot be made`, { cause })
  }
  return { close, [Symbol.asyncDispose]: close }
}

/** How the admin API is served, over whatever connections. */
export interface Outfit {
  readonly service: AdminService
  readonly log: Log
  /** Who makes a call. Throws for nobody. */
  readonly callerOf: (request: FastifyRequest) => AdminCaller
  /** Told of a call that its caller may not make, or that is none. */
  readonly refused?: RefusedCall | undefined
}

/** Told of a call that is refused before it begins, before it is answered. Throws `UNAVAILABLE` where that cannot be told on. */
export type RefusedCall = (
  call: AdminCall | 'backup',
  by: AdminCaller,
  reason: FaultCode,
) => Promise<void>

/** Has an HTTP server answer the calls of the admin API, each only for those who may make it. */
export function outfit(app: FastifyInstance, { service, log, callerOf, refused }: Outfit): void {
  const add = (call: AdminCall | 'backup', { method, path, answer, bodyLimit }: Route): void => {
    const permitted = async (request: FastifyRequest): Promise<AdminCaller> => {
      const by = callerOf(request)
      try {
        permitCall(call, by)
      } catch (fault) {
        await refused?.(call, by, 'NOT_PERMITTED')
        throw fault
      }
      return withApproval(by, request)
    }
    app.route({
      method,
      url: path,
      ...(bodyLimit === undefined ? {} : { bodyLimit }),
      // Before anything of the body is read.
      onRequest: async (request) => {
        await permitted(request)
      },
      handler: async (request, reply) => answer(request, await permitted(request), reply),
      errorHandler: (error, request, reply) => {
        const end = (fault: unknown) => void fail(fault, reply, log)
        const reason = misshapenBy(error)
        if (reason === undefined || refused === undefined) end(error)
        else
          refused(call, callerOf(request), reason)
            .then(() => error)
            .then(end, end)
      },
    })
  }
  const routes = routesOf(service)
  for (const call of callsOf(ADMIN_CALLS)) add(call, routes[call])
  add('backup', backupRoute(service, log))
  app.setErrorHandler((error, _request, reply) => fail(error, reply, log))
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ code: 'UNSUPPORTED_OPERATION', message: 'There is no such call' }),
  )
}

/** The approval that a call is made under stands beside it, so that the call itself is what was approved. */
function withApproval(by: AdminCaller, { headers }: FastifyRequest): AdminCaller {
  const approval = headers[APPROVAL_HEADER]
  return typeof approval === 'string' ? { ...by, approval: approval.slice(0, 64) } : by
}

function callsOf(calls: Readonly<Record<AdminCall, unknown>>): readonly AdminCall[] {
  return Object.keys(calls).filter((name): name is AdminCall => name in calls)
}

function routesOf(service: AdminService): Readonly<Record<AdminCall, Route>> {
  return {
    status: routeOf(ADMIN_CALLS.status, service.status),
    'client.add': routeOf(ADMIN_CALLS['client.add'], service['client.add']),
    'client.list': routeOf(ADMIN_CALLS['client.list'], service['client.list']),
    'client.register': routeOf(ADMIN_CALLS['client.register'], service['client.register']),
    'client.show': routeOf(ADMIN_CALLS['client.show'], service['client.show']),
    'client.limit': routeOf(ADMIN_CALLS['client.limit'], service['client.limit']),
    'client.remove': routeOf(ADMIN_CALLS['client.remove'], service['client.remove']),
    'client.suspend': routeOf(ADMIN_CALLS['client.suspend'], service['client.suspend']),
    'client.resume': routeOf(ADMIN_CALLS['client.resume'], service['client.resume']),
    'client.key.add': routeOf(ADMIN_CALLS['client.key.add'], service['client.key.add']),
    'client.key.remove': routeOf(ADMIN_CALLS['client.key.remove'], service['client.key.remove']),
    'authority.add': routeOf(ADMIN_CALLS['authority.add'], service['authority.add']),
    'authority.list': routeOf(ADMIN_CALLS['authority.list'], service['authority.list']),
    'authority.remove': routeOf(ADMIN_CALLS['authority.remove'], service['authority.remove']),
    'authority.reload': routeOf(ADMIN_CALLS['authority.reload'], service['authority.reload']),
    'account.add': routeOf(ADMIN_CALLS['account.add'], service['account.add']),
    'account.list': routeOf(ADMIN_CALLS['account.list'], service['account.list']),
    'account.remove': routeOf(ADMIN_CALLS['account.remove'], service['account.remove']),
    'object.list': routeOf(ADMIN_CALLS['object.list'], service['object.list']),
    'object.show': routeOf(ADMIN_CALLS['object.show'], service['object.show']),
    'object.trust': routeOf(ADMIN_CALLS['object.trust'], service['object.trust']),
    'object.give': routeOf(ADMIN_CALLS['object.give'], service['object.give']),
    'namespace.add': routeOf(ADMIN_CALLS['namespace.add'], service['namespace.add']),
    'namespace.list': routeOf(ADMIN_CALLS['namespace.list'], service['namespace.list']),
    'namespace.show': routeOf(ADMIN_CALLS['namespace.show'], service['namespace.show']),
    'namespace.limit': routeOf(ADMIN_CALLS['namespace.limit'], service['namespace.limit']),
    'namespace.defaults.show': routeOf(
      ADMIN_CALLS['namespace.defaults.show'],
      service['namespace.defaults.show'],
    ),
    'namespace.defaults.set': routeOf(
      ADMIN_CALLS['namespace.defaults.set'],
      service['namespace.defaults.set'],
    ),
    'namespace.remove': routeOf(ADMIN_CALLS['namespace.remove'], service['namespace.remove']),
    'kek.rotate': routeOf(ADMIN_CALLS['kek.rotate'], service['kek.rotate']),
    'kek.status': routeOf(ADMIN_CALLS['kek.status'], service['kek.status']),
    'approval.list': routeOf(ADMIN_CALLS['approval.list'], service['approval.list']),
    'approval.show': routeOf(ADMIN_CALLS['approval.show'], service['approval.show']),
    'approval.vote': routeOf(ADMIN_CALLS['approval.vote'], service['approval.vote']),
    'approval.withdraw': routeOf(ADMIN_CALLS['approval.withdraw'], service['approval.withdraw']),
    'approval.request': routeOf(ADMIN_CALLS['approval.request'], service['approval.request']),
    'policy.check': routeOf(ADMIN_CALLS['policy.check'], service['policy.check']),
    'policy.apply': routeOf(ADMIN_CALLS['policy.apply'], service['policy.apply']),
    'policy.show': routeOf(ADMIN_CALLS['policy.show'], service['policy.show']),
    'policy.explain': routeOf(ADMIN_CALLS['policy.explain'], service['policy.explain']),
    'audit.prune': routeOf(ADMIN_CALLS['audit.prune'], service['audit.prune']),
    'store.verify': routeOf(ADMIN_CALLS['store.verify'], service['store.verify']),
  }
}

/** The answer goes on for as long as the backup does; a caller who goes away ends it. */
function backupRoute({ backup }: AdminService, log: Log): Route {
  const { method, path, request: schema } = BACKUP_CALL
  const describe = (error: unknown): ReturnType<typeof failureOf> => {
    const failure = failureOf(error)
    // Who asks for what needs approval is told so: nothing went wrong.
    if (failure.code === 'APPROVAL_NEEDED') log.info('backup to be approved')
    else log.error('backup not made', { reason: failure.message })
    return failure
  }
  return {
    method,
    path,
    answer: async (request, by, reply) => {
      const pieces = encodePieces(backup(check(schema, request), by), describe)
      return reply
        .type('application/octet-stream')
        .send(Readable.from(pieces, { objectMode: false, highWaterMark: READ_AHEAD }))
    },
  }
}

/** How one call is answered. */
interface Route {
  readonly method: 'GET' | 'POST'
  readonly path: string
  /** Bytes of a request, where it is larger than others. */
  readonly bodyLimit?: number | undefined
  readonly answer: (
    request: FastifyRequest,
    by: AdminCaller,
    reply: FastifyReply,
  ) => Promise<unknown>
}

interface Call<S extends z.ZodType> {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly bodyLimit?: number
  readonly request: S
}

function routeOf<S extends z.ZodType>(
  { method, path, bodyLimit, request: schema }: Call<S>,
  call: (request: z.output<S>, by: AdminCaller) => Promise<unknown>,
): Route {
  return {
    method,
    path,
    bodyLimit,
    answer: async (request, by) => call(check(schema, request), by),
  }
}

/** A request is one value, wherever its parts travel. */
function check<S extends z.ZodType>(
  schema: S,
  { params, query, body }: FastifyRequest,
): z.output<S> {
  const outcome = schema.safeParse({ ...asRecord(query), ...asRecord(body), ...asRecord(params) })
  if (outcome.success) return outcome.data
  const [issue] = outcome.error.issues
  const where = issue?.path.map(String).join('.') ?? ''
  throw new MisshapenRequest('INVALID_FIELD', `${where}: ${issue?.message ?? 'is wrong'}`)
}

class MisshapenRequest extends KmipFault {}

function misshapenBy(error: unknown): FaultCode | undefined {
  if (error instanceof MisshapenRequest) return error.code
  return error instanceof KmipFault || statusOf(error) >= 500 ? undefined : 'MALFORMED_MESSAGE'
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {}
}

function fail(error: unknown, reply: FastifyReply, log: Log): FastifyReply {
  if (error instanceof KmipFault) {
    log.info('admin call refused', { code: error.code, detail: error.detail })
    return reply.code(STATUS[error.code] ?? 500).send({ code: error.code, message: error.message })
  }
  const status = statusOf(error)
  if (status < 500) {
    return reply.code(status).send({ code: 'MALFORMED_MESSAGE', message: 'Not a request' })
  }
  log.error('admin call failed', { error: error instanceof Error ? error.name : typeof error })
  return reply
    .code(500)
    .send({ code: 'UNAVAILABLE', message: 'The server failed; its log says more' })
}

function statusOf(error: unknown): number {
  return error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500
}

/** Bytes of a backup that are made before they are asked for. */
const READ_AHEAD = 262_144
/** How the HTTP server of the admin API is set up. */
export const APP = {
  bodyLimit: 65_536,
  forceCloseConnections: true,
  // More than the schema takes, so that the schema answers.
  routerOptions: { maxParamLength: 1024 },
} as const
const STATUS: Partial<Record<FaultCode, number>> = {
  APPROVAL_NEEDED: 409,
  AUTHENTICATION_FAILED: 401,
  INVALID_FIELD: 400,
  NAME_TAKEN: 409,
  NOT_PERMITTED: 403,
  OBJECT_EXISTS: 409,
  OBJECT_NOT_FOUND: 404,
  SERVER_LIMIT: 429,
  UNAVAILABLE: 503,
  WRONG_STATE: 409,
}

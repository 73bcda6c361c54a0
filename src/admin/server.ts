import { chmod, unlink } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { fastify, type FastifyReply, type FastifyRequest, type RouteOptions } from 'fastify'
import type { z } from 'zod'
import type { FaultCode } from '../fault/fault-code.ts'
import { KmipFault } from '../fault/fault.ts'
import type { Log } from '../port/log.ts'
import { encodePieces, failureOf } from './backup-stream.ts'
import { ADMIN_CALLS, BACKUP_CALL, type AdminCall } from './schema.ts'
import type { AdminService } from './service.ts'
import { answers, openSocketPath } from './socket.ts'

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
  log: Log,
): Promise<AdminServer> {
  const socket = await openSocketPath(path)
  const app = fastify({
    bodyLimit: BODY_BYTES,
    forceCloseConnections: true,
    routerOptions: { maxParamLength: LONGEST_PARAMETER },
  })
  const close = async (): Promise<void> => {
    await app.close()
    await socket.release()
  }
  for (const route of Object.values(routesOf(service))) app.route(route)
  app.route(backupRoute(service, log))
  app.setErrorHandler((error, _request, reply) => fail(error, reply, log))
  app.setNotFoundHandler(async (_request, reply) =>
    reply.code(404).send({ code: 'UNSUPPORTED_OPERATION', message: 'There is no such call' }),
  )
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

function routesOf(service: AdminService): Readonly<Record<AdminCall, RouteOptions>> {
  return {
    status: routeOf(ADMIN_CALLS.status, service.status),
    'client.add': routeOf(ADMIN_CALLS['client.add'], service['client.add']),
    'client.list': routeOf(ADMIN_CALLS['client.list'], service['client.list']),
    'object.list': routeOf(ADMIN_CALLS['object.list'], service['object.list']),
    'object.show': routeOf(ADMIN_CALLS['object.show'], service['object.show']),
    'kek.rotate': routeOf(ADMIN_CALLS['kek.rotate'], service['kek.rotate']),
    'kek.status': routeOf(ADMIN_CALLS['kek.status'], service['kek.status']),
    'store.verify': routeOf(ADMIN_CALLS['store.verify'], service['store.verify']),
  }
}

/** The answer goes on for as long as the backup does; a caller who goes away ends it. */
function backupRoute({ backup }: AdminService, log: Log): RouteOptions {
  const { method, path, request: schema } = BACKUP_CALL
  const describe = (error: unknown): ReturnType<typeof failureOf> => {
    const failure = failureOf(error)
    log.error('backup not made', { reason: failure.message })
    return failure
  }
  return {
    method,
    url: path,
    handler: async (request, reply) => {
      const pieces = encodePieces(backup(check(schema, request)), describe)
      return reply
        .type('application/octet-stream')
        .send(Readable.from(pieces, { objectMode: false, highWaterMark: READ_AHEAD }))
    },
  }
}

interface Call<S extends z.ZodType> {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly request: S
}

function routeOf<S extends z.ZodType>(
  { method, path, request: schema }: Call<S>,
  call: (request: z.output<S>) => Promise<unknown>,
): RouteOptions {
  return { method, url: path, handler: async (request) => call(check(schema, request)) }
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
  throw new KmipFault('INVALID_FIELD', `${where}: ${issue?.message ?? 'is wrong'}`)
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

async function removeStale(path: string): Promise<void> {
  if (await answers(path)) {
    throw new KmipFault('UNAVAILABLE', `Another server answers on ${path}`)
  }
  try {
    await unlink(path)
  } catch {
    // Nothing was there; anything else shows when the socket is made.
  }
}

/** Bytes of a backup that are made before they are asked for. */
const READ_AHEAD = 262_144
const BODY_BYTES = 65_536
/** More than the schema takes, so that the schema answers. */
const LONGEST_PARAMETER = 1024
const STATUS: Partial<Record<FaultCode, number>> = {
  INVALID_FIELD: 400,
  NAME_TAKEN: 409,
  OBJECT_EXISTS: 409,
  OBJECT_NOT_FOUND: 404,
  UNAVAILABLE: 503,
}

import type { IssueDeps } from '../adapter/certificate-authority.ts'
import type { BackupPiece } from '../adapter/backup/create.ts'
import type { ShareSet } from '../adapter/backup/header.ts'
import { KmipFault } from '../fault/fault.ts'
import type { ApprovalBook } from '../repository/approval-book.ts'
import type { Clock } from '../port/clock.ts'
import type { KeyedCertificate } from '../repository/authority-record.ts'
import { isClientName, type ClientRegistry } from '../repository/client-registry.ts'
import { identityCalls } from './identity-calls.ts'
import type { IdentityDeps } from './identity-deps.ts'
import { NAME_RULE } from './name-rule.ts'
import type { NamespaceRegistry } from '../repository/namespace-registry.ts'
import { approvalCalls } from './approvals.ts'
import { approvedCalls } from './approved-calls.ts'
import type { CallApprovals } from './call-approvals.ts'
import { backupSubject, rotationSubject } from './call-subject.ts'
import type { AdminService } from './admin-service.ts'
import { LOCAL, type AdminCaller } from './caller.ts'
import type { ObjectCatalogue } from './catalogue.ts'
import { entered, lineName, lineOf, namespaceCalls, type NamespaceDeps } from './namespaces.ts'
import { policyCalls } from './policies.ts'
import type { PolicyOffice } from './policy-office.ts'
import type { KeyRotation, KeyRotationStatus } from '../server/key-rotation.ts'
import type {
  AdminResponse,
  BackupRequest,
  CheckedRequest,
  KeyReport,
  ServerStatus,
  StoreReport,
} from './schema.ts'

export type { AdminService } from './admin-service.ts'

export interface AdminDeps extends IdentityDeps, NamespaceDeps {
  readonly clients: ClientRegistry
  readonly objects: ObjectCatalogue
  /** Signs the clients. */
  readonly authority: KeyedCertificate
  readonly clock: Clock
  readonly random: IssueDeps['random']
  readonly status: () => ServerStatus
  /** Reads and opens everything that the store holds. */
  readonly verify: () => Promise<StoreReport>
  /** Moves what the audit log has from before a moment into its archive. */
  readonly prune: (before: number) => Promise<AdminResponse<'audit.prune'>>
  readonly backup: (shares?: ShareSet) => AsyncIterable<BackupPiece>
  readonly keys: Pick<KeyRotation, 'rotate' | 'status'>
  /** What was asked for and needs officers. */
  readonly approvals: ApprovalBook
  /** Keeps calls from being made before they are approved. */
  readonly callApprovals: CallApprovals
  /** Who calls where nothing is said. */
  readonly local?: AdminCaller
  readonly policies: PolicyOffice
}

export function createAdminService(deps: AdminDeps): AdminService {
  const { callApprovals, local = LOCAL } = deps
  const service: AdminService = {
    status: async () => Promise.resolve(deps.status()),
    'client.add': async (request) => addClient(deps, request),
    ...identityCalls(deps),
    'client.list': async () => Promise.resolve({ clients: listClients(deps) }),
    'object.list': async (request) => deps.objects.list(request),
    'object.show': async ({ id }) => {
      const object = await deps.objects.show(id)
      if (object !== undefined) return object
      throw new KmipFault('OBJECT_NOT_FOUND', `There is no object ${id}`)
    },
    'object.trust': async ({ id, trusts }) => {
      if (await deps.objects.trust(id, trusts)) return { id, trusted: trusts }
      throw new KmipFault('OBJECT_NOT_FOUND', `There is no object ${id}`)
    },
    ...namespaceCalls(deps),
    'kek.rotate': async ({ namespace }, by = local) => {
      const subject = async () => Promise.resolve(rotationSubject(namespace, deps))
      await callApprovals.checkMeant('kek.rotate', subject, by)
      return { namespace, epoch: await deps.keys.rotate(lineOf(deps.namespaces, namespace)) }
    },
    'kek.status': async () => Promise.resolve(keyReportOf(deps.keys.status(), deps.namespaces)),
    ...policyCalls(deps),
    'audit.prune': async ({ before }) => deps.prune(before),
    'store.verify': async () => deps.verify(),
    ...approvalCalls(deps),
    backup: oneAtATime({ callApprovals, local }, ({ shares }: BackupRequest) =>
      deps.backup(shares && { ...shares, setId: Buffer.from(shares.setId, 'base64') }),
    ),
  }
  const terms = { approvals: callApprovals, local, bearers: deps }
  return { ...service, ...approvedCalls(service, terms) }
}

/** A backup holds a snapshot, for which the engine keeps what is written over. */
function oneAtATime(
  { callApprovals, local }: { callApprovals: CallApprovals; local: AdminCaller },
  make: (request: BackupRequest) => AsyncIterable<BackupPiece>,
) {
  let isBusy = false
  return async function* (
    request: BackupRequest,
    by: AdminCaller = local,
  ): AsyncGenerator<BackupPiece, void, undefined> {
    await callApprovals.check('backup.create', backupSubject(request), by)
    if (isBusy) throw new KmipFault('UNAVAILABLE', 'Another backup is being made')
    isBusy = true
    try {
      yield* make(request)
    } finally {
      isBusy = false
    }
  }
}

/** The key-encryption keys as the admin API tells of them. */
export function keyReportOf(
  { epochs, moving, problem }: KeyRotationStatus,
  namespaces: Pick<NamespaceRegistry, 'get'>,
): KeyReport {
  const told = epochs.map(({ number, line, isSealing, seals }) => ({
    epoch: number,
    namespace: lineName(namespaces, line),
    seals: isSealing,
    sealed: seals,
  }))
  return { epochs: told, ...(moving && { moving }), ...(problem !== undefined && { problem }) }
}

/** Issues a certificate and registers its key; a certificate that is not registered opens nothing. */
async function addClient(
  { clients, namespaces, authority, clock, random, policies }: AdminDeps,
  { name, role, publicKey, namespace: wanted }: CheckedRequest<'client.add'>,
): Promise<AdminResponse<'client.add'>> {
  if (!isClientName(name)) throw new KmipFault('INVALID_FIELD', NAME_RULE)
  policies.checkRole(role)
  // The certificate library is large, and most commands do without it.
  const { issueClientCertificate } = await import('../adapter/certificate-authority.ts')
  const { certificateKeyOf, readCertificate } = await import('../adapter/certificate-read.ts')
  const certificate = issueClientCertificate({ clock, random }, authority, {
    name,
    publicKey: Buffer.from(publicKey, 'base64'),
  })
  const { notAfter } = readCertificate(certificate)
  const key = { ...certificateKeyOf(certificate, authority.certificate), notAfter }
  const namespace = entered(namespaces, wanted)
  const { id } = await clients.add({ name, role, namespace, key })
  return {
    id,
    name,
    role,
    notAfter,
    certificate: await toPem(certificate),
    authority: await toPem(authority.certificate),
  }
}

function listClients({ clients, namespaces }: AdminDeps): AdminResponse<'client.list'>['clients'] {
  return clients.list().map(({ id, name, role, namespace, added, keys }) => ({
    id,
    name,
    role,
    ...(namespace !== undefined && { namespace: lineName(namespaces, namespace) }),
    added,
    notAfter: Math.max(...keys.map((key) => key.notAfter)),
  }))
}

async function toPem(certificate: Uint8Array): Promise<string> {
  const { encodePem } = await import('../adapter/certificate-pem.ts')
  return Buffer.from(encodePem('CERTIFICATE', certificate)).toString('latin1')
}

import { applicabilityIn } from '../message/applicability.ts'
import { keyValueEncoder } from '../message/key-value.ts'
import type { OperationContext } from '../operation/context.ts'
import type { UnitOfWork } from '../repository/unit-of-work.ts'
import type { Permission } from '../model/permission/permission.ts'
import type { OperationName } from '../spec/operation.ts'
import type { Allowance } from './allowance.ts'
import type { ApprovalGuard } from './approval-guard.ts'
import type { ItemAudit } from './audit/item-audit.ts'
import { authorise, visibleObjects, type Authority } from './authorise.ts'
import type { BatchEnvironment } from './batch-environment.ts'
import type { BatchReferences } from './batch-references.ts'
import { GuardedObjects } from './guarded-objects.ts'
import type { BatchItemRun } from './item-run.ts'
import { KeptResults } from './kept-results.ts'

/** What an item is carried out in. */
export interface ItemSetting {
  readonly unit: UnitOfWork
  readonly run: BatchItemRun
  readonly references: BatchReferences
  readonly once: KeptResults
  readonly allowance: Allowance | undefined
  /** Undefined for whom nothing needs approval. */
  readonly guard?: ApprovalGuard | undefined
  readonly permission: Permission
  /** What the audit tells of the item. */
  readonly entry: ItemAudit
}

/** What decides about an operation that is carried out in a setting. */
export function authorityOver(
  operation: OperationName,
  { run, permission, allowance, entry }: ItemSetting,
): Authority {
  return { permission, operation, allowance, decided: run.decided, found: entry.found }
}

/** One by one: spreading objects into larger ones takes longer than most operations do. */
export function contextOf(
  operation: OperationName,
  setting: ItemSetting,
  environment: BatchEnvironment,
): OperationContext {
  const { unit, run, references, once, guard, entry } = setting
  const { services } = environment
  const objects = visibleObjects(unit, authorityOver(operation, setting))
  return {
    crypto: services.crypto,
    keyFormats: services.keyFormats,
    certificates: services.certificates,
    random: services.random,
    policy: services.policy,
    streams: services.streams,
    clientLog: services.clientLog,
    tickets: services.tickets,
    cryptoki: services.cryptoki,
    isStoring: services.isStoring,
    hsm: services.hsm,
    identity: environment.identity,
    presented: environment.tickets,
    now: environment.now,
    offer: environment.offer,
    requests: environment.requests,
    roles: environment.roles,
    objects: guard === undefined ? objects : new GuardedObjects(objects, guard),
    run,
    once,
    slowly: environment.slowly,
    objectsOf: ({ id, namespace }) =>
      environment.repository.begin({ owner: id, namespace, now: environment.now }),
    uses: entry.found,
    issuer: services.issuer,
    credentials: services.credentials,
    resolve: (reference) => entry.name(references.resolve(reference)),
    encodeKeyValue: keyValueEncoder(environment.version),
    applies: applicabilityIn(environment.version),
    destroyAfterAnswer: environment.destroyAfterAnswer,
    perform: async (part, request) => {
      authorise(authorityOver(part.name, setting))
      const own = contextOf(part.name, setting, environment)
      const work = async () => unit.wholly(async () => part.handle(request, own))
      return guard === undefined ? work() : guard.during(part.name, request, work)
    },
  }
}

/** What an item makes with much work, in the places for slow work. */
export function keptResults({ services, slowly }: BatchEnvironment): KeptResults {
  return new KeptResults(services.crypto.keys, slowly)
}

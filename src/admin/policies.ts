import { nodeCrypto } from '../adapter/crypto-node.ts'
import type { CallApprovals } from './call-approvals.ts'
import { LOCAL, type AdminCaller } from './caller.ts'
import type { AdminService } from './admin-service.ts'
import type { POLICY_CALLS } from './policy-calls.ts'
import type { PolicyOffice } from './policy-office.ts'
import type { CheckedRequest } from './schema.ts'

/** What those calls work with. */
export interface PolicyDeps {
  readonly policies: PolicyOffice
  readonly callApprovals: CallApprovals
  /** Who calls where nothing is said. */
  readonly local?: AdminCaller
}

/** The calls that the policy is looked after with. */
export function policyCalls({
  policies,
  callApprovals,
  local = LOCAL,
}: PolicyDeps): Pick<AdminService, keyof typeof POLICY_CALLS> {
  return {
    'policy.check': async ({ text, name }: CheckedRequest<'policy.check'>) => {
      const { counts, errors, warnings } = await policies.inspect(text, name)
      return { ...(counts && { counts }), errors: [...errors], warnings: [...warnings] }
    },
    'policy.apply': async (
      { text, name }: CheckedRequest<'policy.apply'>,
      by: AdminCaller = local,
    ) => {
      // Nobody is asked about a file that could not be applied.
      await policies.check(text, name)
      await callApprovals.checkMeant(
        'policy.apply',
        async () => ({ sha256: digestOf(text), ...(await policies.meant(text, name)) }),
        by,
      )
      const { revision, read } = await policies.apply(text, name)
      return { revision, ...read.counts }
    },
    'policy.show': async () => {
      const { stored } = policies
      if (stored === undefined) return Promise.resolve({})
      const { revision, applied, text } = stored
      return Promise.resolve({ policy: { revision, applied, text, ...policies.counts } })
    },
    'policy.explain': async (question: CheckedRequest<'policy.explain'>) =>
      policies.explain(question),
  }
}

/** As `sha256sum` prints it of the file. */
function digestOf(text: string): string {
  const digest = nodeCrypto.digest('SHA_256', Buffer.from(text))
  return Buffer.from(digest).toString('hex')
}

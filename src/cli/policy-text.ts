import type { PolicyCounts } from '../config/policy-schema.ts'

/** How much a policy says, in words. */
export function describePolicy(counts: PolicyCounts): string {
  const { roles, namespaces, operationPolicies, statements, approvals } = counts
  return [
    `${statements} statements`,
    `${approvals} approvals`,
    `${roles} roles`,
    `${namespaces} namespaces`,
    `${operationPolicies} operation policies`,
  ].join(', ')
}

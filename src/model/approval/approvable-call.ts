/** Calls that a policy may have approved, by the names that it knows them by. */
export const APPROVABLE_CALLS = [
  'policy.apply',
  'backup.create',
  'root.rotate',
  'kek.rotate',
  'client.add',
  'client.remove',
  'client.limit',
  'client.suspend',
  'client.resume',
  'client.key.add',
  'client.key.remove',
  'authority.add',
  'authority.remove',
  'account.add',
  'account.remove',
  'namespace.add',
  'namespace.limit',
  'namespace.defaults.set',
  'namespace.remove',
  'object.give',
  'object.trust',
  'audit.prune',
] as const

export type ApprovableCall = (typeof APPROVABLE_CALLS)[number]

import { isAbsolute } from 'node:path'
import { z } from 'zod'

/** The PKCS#11 token that the server uses; nothing of it is used unless it is configured. */
export interface HsmConfig {
  /** Path of the vendor's library, absolute. */
  readonly module: string
  /** What the library is told when it begins. */
  readonly moduleParameters?: string | undefined
  /** Identifier of the slot. */
  readonly slot?: number | undefined
  /** Label of the token, where there is no slot. */
  readonly label?: string | undefined
  /** File with the PIN in its first line, which nobody but its owner may read. */
  readonly pinFile?: string | undefined
  /** Or the name of a systemd credential. */
  readonly pinCredential?: string | undefined
  /** Or the number of a descriptor, which is read once. */
  readonly pinFd?: number | undefined
  /** Sessions that work at the same time. */
  readonly sessions: number
  /** Milliseconds for one use of the token. */
  readonly deadlineMs: number
  /** Objects that one client may have in the token. */
  readonly objectsPerClient: number
  /** Whether clients may have keys in the token that can be read. */
  readonly extractable: boolean
}

/** The section `hsm` of the configuration file. */
export const hsm: z.ZodType<HsmConfig> = z
  .strictObject({
    module: z.string().max(4_096).refine(isAbsolute, 'has to be an absolute path'),
    moduleParameters: z.string().min(1).max(4_096).optional(),
    slot: z.int().min(0).optional(),
    label: z.string().min(1).max(32).optional(),
    pinFile: z.string().min(1).max(4_096).optional(),
    pinCredential: z
      .string()
      .regex(/^[A-Za-z0-9_-][A-Za-z0-9._-]{0,254}$/, 'is no name of a credential')
      .optional(),
    pinFd: z
      .int()
      .min(0)
      .max(65_535)
      .refine((number) => number !== 1 && number !== 2, 'is there to be written to')
      .optional(),
    sessions: z.int().min(1).max(64).default(8),
    deadlineMs: z.int().min(100).max(600_000).default(5_000),
    objectsPerClient: z.int().min(1).max(100_000).default(1_000),
    extractable: z.boolean().default(false),
  })
  .refine(({ slot, label }) => (slot === undefined) !== (label === undefined), {
    message: 'has to have either slot or label',
  })
  .refine((given) => PIN_SOURCES.filter((name) => given[name] !== undefined).length === 1, {
    message: 'has to have one of pinFile, pinCredential and pinFd',
  })

const PIN_SOURCES = ['pinFile', 'pinCredential', 'pinFd'] as const

import { textOption } from './option.ts'
import { jsonOption } from './option.ts'
import { placeOptions } from './place-options.ts'

/** The options of every command that may need approval. */
export const approvalOptions = {
  approval: textOption('approval', 'number of the approval that this is done under'),
  config: textOption('config', 'configuration file (YAML) of the server, for where none runs'),
} as const

/** What those options were given as. */
export interface UnderApproval {
  readonly approval?: string | undefined
  readonly config?: string | undefined
}

const { server, cert, key, ca } = placeOptions

/** The options of the commands with which officers decide. */
export const voteOptions = {
  server: { ...server, describe: 'HOST:PORT of the admin API of the server', demandOption: true },
  cert: { ...cert, describe: 'file of your certificate (PEM)', demandOption: true },
  key: { ...key, describe: 'file of the key for it (PEM), which signs', demandOption: true },
  ca: {
    ...ca,
    describe: "file of the authority of the server's certificate (PEM)",
    demandOption: true,
  },
  hash: textOption(
    'hash',
    'hash of the request as you have read it; without it you are asked on the terminal',
  ),
  json: jsonOption,
} as const

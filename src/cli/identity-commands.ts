import type { Argv } from 'yargs'
import { accountAddCommand } from './command/account-add.ts'
import { accountListCommand } from './command/account-list.ts'
import { accountRemoveCommand } from './command/account-remove.ts'
import { authorityAddCommand } from './command/authority-add.ts'
import { authorityListCommand } from './command/authority-list.ts'
import { authorityReloadCommand } from './command/authority-reload.ts'
import { authorityRemoveCommand } from './command/authority-remove.ts'
import { clientAddCommand } from './command/client-add.ts'
import { clientKeyAddCommand } from './command/client-key-add.ts'
import { clientKeyRemoveCommand } from './command/client-key-remove.ts'
import { clientLimitCommand } from './command/client-limit.ts'
import { clientListCommand } from './command/client-list.ts'
import { clientRemoveCommand } from './command/client-remove.ts'
import { clientResumeCommand } from './command/client-resume.ts'
import { clientShowCommand } from './command/client-show.ts'
import { clientSuspendCommand } from './command/client-suspend.ts'

/** `kmipd client` */
export function clientCommands(group: Argv): Argv {
  return group
    .command(clientAddCommand)
    .command(clientListCommand)
    .command(clientShowCommand)
    .command(clientLimitCommand)
    .command(clientRemoveCommand)
    .command(clientSuspendCommand)
    .command(clientResumeCommand)
    .command('key', 'Manage the keys that a client may connect with', (keys) =>
      keys
        .command(clientKeyAddCommand)
        .command(clientKeyRemoveCommand)
        .demandCommand(1, 'name a command: add or remove'),
    )
    .demandCommand(1, 'name a command: add, list, show, limit, remove, suspend, resume or key')
}

/** `kmipd authority` */
export function authorityCommands(group: Argv): Argv {
  return group
    .command(authorityAddCommand)
    .command(authorityListCommand)
    .command(authorityReloadCommand)
    .command(authorityRemoveCommand)
    .demandCommand(1, 'name a command: add, list, reload or remove')
}

/** `kmipd account` */
export function accountCommands(group: Argv): Argv {
  return group
    .command(accountAddCommand)
    .command(accountListCommand)
    .command(accountRemoveCommand)
    .demandCommand(1, 'name a command: add, list or remove')
}

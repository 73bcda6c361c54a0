import type { Card } from './card.ts'
import { cephCsi, rgw } from './ceph.ts'
import { libmongocrypt } from './libmongocrypt.ts'
import { perconaMysql } from './percona-mysql.ts'
import { vcenter } from './vcenter.ts'

/** Every client that is played by a script. */
export const CARDS: readonly Card[] = [vcenter, libmongocrypt, rgw, cephCsi, perconaMysql]

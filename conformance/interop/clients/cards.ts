import { storageArray, tape } from './arrays.ts'
import { barbican } from './barbican.ts'
import type { Card } from './card.ts'
import { cephCsi, rgw } from './ceph.ts'
import { fortigate } from './fortigate.ts'
import { kmipcore } from './kmipcore.ts'
import { krill } from './krill.ts'
import { libmongocrypt } from './libmongocrypt.ts'
import { mysqlEnterprise } from './mysql-enterprise.ts'
import { okms } from './okms.ts'
import { openbao } from './openbao.ts'
import { perconaMongodb, pgTde } from './percona-databases.ts'
import { perconaMysql } from './percona-mysql.ts'
import { edb, edbThales, truenas } from './pykmip-products.ts'
import { scality } from './scality.ts'
import { scylla } from './scylla.ts'
import { seagate } from './seagate.ts'
import { intersystems, mongod, openkmip } from './small-clients.ts'
import { synology } from './synology.ts'
import { olderVcenter, vcenter } from './vcenter.ts'
import { vast } from './vast.ts'
import { veeam } from './veeam.ts'
import { zkey } from './zkey/card.ts'

/** Every client that is played by a script. */
export const CARDS: readonly Card[] = [
  vcenter,
  olderVcenter,
  synology,
  fortigate,
  veeam,
  vast,
  libmongocrypt,
  rgw,
  cephCsi,
  mysqlEnterprise,
  perconaMysql,
  kmipcore,
  perconaMongodb,
  pgTde,
  zkey,
  scality,
  scylla,
  storageArray,
  tape,
  barbican,
  truenas,
  edb,
  edbThales,
  krill,
  openbao,
  okms,
  seagate,
  intersystems,
  mongod,
  openkmip,
]
